package dev.tidemark.kvs;

import java.util.Objects;

/**
 * The replacement of one cell's value at version timestamp 0, by value.
 *
 * @param expected what the cell must hold for the change to be made
 * @param update what it holds afterwards
 */
public record CellChange(Cell cell, Bytes expected, Bytes update) {
    /** Checks that no part is null. */
    public CellChange {
        Objects.requireNonNull(cell, "cell");
        Objects.requireNonNull(expected, "expected");
        Objects.requireNonNull(update, "update");
    }
}

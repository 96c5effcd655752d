package dev.tidemark.kvs.transaction;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import java.util.Objects;

/**
 * A cell and what a transaction sees in it.
 *
 * @param value never empty: a deleted cell has no value
 */
public record CellValue(Cell cell, Bytes value) {
    /** Checks that neither part is null. */
    public CellValue {
        Objects.requireNonNull(cell, "cell");
        Objects.requireNonNull(value, "value");
    }
}

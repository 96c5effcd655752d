package dev.tidemark.kvs;

import java.util.Objects;

/**
 * One version of a cell together with its place.
 *
 * @param timestamp as in {@link Version}
 * @param value as in {@link Version}
 */
public record CellVersion(Cell cell, long timestamp, Bytes value) {
    /** Checks that no part is null. */
    public CellVersion {
        Objects.requireNonNull(cell, "cell");
        Objects.requireNonNull(value, "value");
    }
}

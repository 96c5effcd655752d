package dev.tidemark.kvs;

import java.util.Objects;

/**
 * One version of a cell.
 *
 * @param timestamp start timestamp of the transaction that wrote it; 0 in the transactions tables
 * @param value the bytes; empty means that the transaction deleted the cell
 */
public record Version(long timestamp, Bytes value) {
    /** Checks that the value is not null. */
    public Version {
        Objects.requireNonNull(value, "value");
    }
}

package dev.tidemark.coordinator.history;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.TableName;
import java.util.Objects;

/**
 * A cell that a transaction read or wrote.
 *
 * @param table not an internal one
 * @param value what was found or written; empty when there was nothing, or for a deletion
 */
public record RecordedCell(TableName table, Cell cell, Bytes value) {
    /**
     * Checks the parts.
     *
     * @throws IllegalArgumentException when the table is internal
     */
    public RecordedCell {
        Objects.requireNonNull(cell, "cell");
        Objects.requireNonNull(value, "value");
        if (table.isInternal()) {
            throw new IllegalArgumentException(
                    "table: '" + table + "' (expected: a table of the application, not beginning with _)");
        }
    }
}

package dev.tidemark.coordinator.history;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.CellStore;
import dev.tidemark.kvs.TableName;
import java.util.HashMap;
import java.util.Map;

/** Writes cells of one scratch table, many at a time. Not thread-safe. */
final class CellBatch {
    /** All cells of a scratch table have this one version. */
    static final long VERSION = 1;

    private static final int MAX_CELLS = 5_000;
    private static final long MAX_BYTES = 4 << 20;

    private final CellStore store;
    private final TableName table;
    private final Map<Cell, Bytes> cells = new HashMap<>();
    private long bytes;

    CellBatch(CellStore store, TableName table) {
        this.store = store;
        this.table = table;
        store.createTable(table);
    }

    void put(Bytes row, Bytes column, Bytes value) {
        cells.put(Cell.of(row, column), value);
        bytes += row.length() + column.length() + value.length();
        if (cells.size() >= MAX_CELLS || bytes >= MAX_BYTES) {
            flush();
        }
    }

    void flush() {
        if (!cells.isEmpty()) {
            store.put(table, cells, VERSION);
            cells.clear();
            bytes = 0;
        }
    }
}

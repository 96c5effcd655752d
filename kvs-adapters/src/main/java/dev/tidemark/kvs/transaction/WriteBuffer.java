package dev.tidemark.kvs.transaction;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.CellRange;
import dev.tidemark.kvs.TableName;
import java.util.Collections;
import java.util.NavigableMap;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/** What a transaction has written and not yet put into the store; an empty value is a deletion. Not thread-safe. */
final class WriteBuffer {
    private final long start;
    private final TransactionOptions options;
    private final SortedMap<TableName, NavigableMap<Cell, Bytes>> tables = new TreeMap<>();
    private int cells;
    private long bytes;

    WriteBuffer(long start, TransactionOptions options) {
        this.start = start;
        this.options = options;
    }

    /** Keeps the value; changes nothing when that would pass a limit. */
    void write(TableName table, Cell cell, Bytes value) {
        NavigableMap<Cell, Bytes> written = tables.get(table);
        Bytes former = written == null ? null : written.get(cell);
        int cellsAfter = former == null ? cells + 1 : cells;
        long bytesAfter = former == null
                ? bytes + cell.row().length() + cell.column().length() + value.length()
                : bytes - former.length() + value.length();
        if (cellsAfter > options.maxCells()) {
            throw TransactionErrors.tooLarge(start, "cells", options.maxCells());
        }
        if (bytesAfter > options.maxBytes()) {
            throw TransactionErrors.tooLarge(start, "bytes", options.maxBytes());
        }
        tables.computeIfAbsent(table, name -> new TreeMap<>()).put(cell, value);
        cells = cellsAfter;
        bytes = bytesAfter;
    }

    boolean isEmpty() {
        return tables.isEmpty();
    }

    /** Returns what was written to the cell, or null when nothing was. */
    Bytes get(TableName table, Cell cell) {
        NavigableMap<Cell, Bytes> written = tables.get(table);
        return written == null ? null : written.get(cell);
    }

    /** Returns a copy of what was written to the cells of the range. */
    SortedMap<Cell, Bytes> in(TableName table, CellRange range) {
        NavigableMap<Cell, Bytes> written = tables.getOrDefault(table, Collections.emptyNavigableMap());
        if (range.endExclusive() == null) {
            return new TreeMap<>(written.tailMap(range.startInclusive(), true));
        }
        if (range.endExclusive().compareTo(range.startInclusive()) <= 0) {
            return Collections.emptySortedMap();
        }
        return new TreeMap<>(written.subMap(range.startInclusive(), true, range.endExclusive(), false));
    }

    /** Passes on each table with everything that was written to it, ordered by name. */
    void forEach(BiConsumer<TableName, SortedMap<Cell, Bytes>> consumer) {
        tables.forEach((table, written) -> consumer.accept(table, Collections.unmodifiableSortedMap(written)));
    }
}

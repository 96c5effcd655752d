package dev.tidemark.kvs.transaction;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.CellRange;
import dev.tidemark.kvs.CellStore;
import dev.tidemark.kvs.CellVersion;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.Version;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The simplest store that keeps the contract: sorted maps under one lock. */
final class TreeMapCells implements CellStore {
    private final Map<TableName, NavigableMap<Cell, NavigableMap<Long, Bytes>>> tables = new TreeMap<>();

    @Override
    public synchronized void createTable(TableName table) {
        tables.computeIfAbsent(table, name -> new TreeMap<>());
    }

    @Override
    public synchronized Set<TableName> tables() {
        return new TreeSet<>(tables.keySet());
    }

    @Override
    public synchronized Map<Cell, Version> getLatest(TableName table, Set<Cell> cells, long atOrBelow) {
        Map<Cell, Version> result = new HashMap<>();
        for (Cell cell : cells) {
            Map.Entry<Long, Bytes> newest = versions(table, cell).floorEntry(atOrBelow);
            if (newest != null) {
                result.put(cell, new Version(newest.getKey(), newest.getValue()));
            }
        }
        return result;
    }

    @Override
    public synchronized void put(TableName table, Map<Cell, Bytes> values, long timestamp) {
        values.forEach((cell, value) -> set(table, cell, timestamp, value));
    }

    @Override
    public synchronized Optional<Bytes> putUnlessExists(TableName table, Cell cell, Bytes value) {
        Bytes found = versions(table, cell).get(0L);
        if (found == null) {
            set(table, cell, 0, value);
        }
        return Optional.ofNullable(found);
    }

    @Override
    public synchronized boolean compareAndSet(TableName table, Cell cell, Bytes expected, Bytes update) {
        if (!expected.equals(versions(table, cell).get(0L))) {
            return false;
        }
        set(table, cell, 0, update);
        return true;
    }

    @Override
    public synchronized void deleteVersions(TableName table, Map<Cell, Set<Long>> timestamps) {
        timestamps.forEach((cell, doomed) -> {
            NavigableMap<Long, Bytes> versions = versions(table, cell);
            doomed.forEach(versions::remove);
        });
    }

    @Override
    public synchronized CloseableIterator<CellVersion> scan(TableName table, CellRange range, long atOrBelow) {
        List<CellVersion> found = new ArrayList<>();
        rows(table).forEach((cell, versions) -> {
            if (range.contains(cell)) {
                versions.headMap(atOrBelow, true)
                        .descendingMap()
                        .forEach((timestamp, value) -> found.add(new CellVersion(cell, timestamp, value)));
            }
        });
        Iterator<CellVersion> iterator = found.iterator();
        return new CloseableIterator<>() {
            @Override
            public boolean hasNext() {
                return iterator.hasNext();
            }

            @Override
            public CellVersion next() {
                return iterator.next();
            }

            @Override
            public void close() {}
        };
    }

    private void set(TableName table, Cell cell, long timestamp, Bytes value) {
        rows(table)
                .computeIfAbsent(cell, name -> new TreeMap<>(Comparator.naturalOrder()))
                .put(timestamp, value);
    }

    private NavigableMap<Long, Bytes> versions(TableName table, Cell cell) {
        return rows(table).getOrDefault(cell, new TreeMap<>());
    }

    private NavigableMap<Cell, NavigableMap<Long, Bytes>> rows(TableName table) {
        NavigableMap<Cell, NavigableMap<Long, Bytes>> rows = tables.get(table);
        if (rows == null) {
            throw new KeyValueStoreException(ErrorCode.UNKNOWN_TABLE, "table '" + table + "' does not exist", "");
        }
        return rows;
    }
}

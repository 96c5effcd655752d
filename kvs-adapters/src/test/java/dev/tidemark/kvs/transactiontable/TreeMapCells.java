package dev.tidemark.kvs.transactiontable;

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
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The least cell store that holds fixtures; counts how many cells its scans return. */
final class TreeMapCells implements CellStore {
    private final Map<TableName, NavigableMap<Cell, NavigableMap<Long, Bytes>>> tables = new TreeMap<>();
    private long scannedCells;

    long scannedCells() {
        return scannedCells;
    }

    @Override
    public void createTable(TableName table) {
        tables.computeIfAbsent(table, name -> new TreeMap<>());
    }

    @Override
    public Set<TableName> tables() {
        return new TreeSet<>(tables.keySet());
    }

    @Override
    public Map<Cell, Version> getLatest(TableName table, Set<Cell> cells, long atOrBelow) {
        Map<Cell, Version> found = new TreeMap<>();
        for (Cell cell : cells) {
            Map.Entry<Long, Bytes> entry =
                    content(table).getOrDefault(cell, new TreeMap<>()).floorEntry(atOrBelow);
            if (entry != null) {
                found.put(cell, new Version(entry.getKey(), entry.getValue()));
            }
        }
        return found;
    }

    @Override
    public void put(TableName table, Map<Cell, Bytes> values, long timestamp) {
        values.forEach((cell, value) ->
                content(table).computeIfAbsent(cell, key -> new TreeMap<>()).put(timestamp, value));
    }

    @Override
    public Optional<Bytes> putUnlessExists(TableName table, Cell cell, Bytes value) {
        return Optional.ofNullable(
                content(table).computeIfAbsent(cell, key -> new TreeMap<>()).putIfAbsent(0L, value));
    }

    @Override
    public boolean compareAndSet(TableName table, Cell cell, Bytes expected, Bytes update) {
        NavigableMap<Long, Bytes> versions = content(table).get(cell);
        return versions != null && versions.replace(0L, expected, update);
    }

    @Override
    public void deleteVersions(TableName table, Map<Cell, Set<Long>> timestamps) {
        timestamps.forEach((cell, versions) ->
                content(table).getOrDefault(cell, new TreeMap<>()).keySet().removeAll(versions));
    }

    @Override
    public void deleteUpTo(TableName table, Map<Cell, Long> timestampsInclusive) {
        timestampsInclusive.forEach((cell, timestamp) -> content(table)
                .getOrDefault(cell, new TreeMap<>())
                .subMap(1L, true, timestamp, true)
                .clear());
    }

    @Override
    public CloseableIterator<CellVersion> scan(TableName table, CellRange range, long atOrBelow) {
        List<CellVersion> found = new ArrayList<>();
        content(table).tailMap(range.startInclusive(), true).forEach((cell, versions) -> {
            if (range.contains(cell)) {
                versions.headMap(atOrBelow, true)
                        .descendingMap()
                        .forEach((timestamp, value) -> found.add(new CellVersion(cell, timestamp, value)));
            }
        });
        scannedCells += found.size();
        Iterator<CellVersion> iterator = found.iterator();
        return new CloseableIterator<>() {
            @Override
            public void close() {}

            @Override
            public boolean hasNext() {
                return iterator.hasNext();
            }

            @Override
            public CellVersion next() {
                return iterator.next();
            }
        };
    }

    private NavigableMap<Cell, NavigableMap<Long, Bytes>> content(TableName table) {
        NavigableMap<Cell, NavigableMap<Long, Bytes>> content = tables.get(table);
        if (content == null) {
            throw new KeyValueStoreException(ErrorCode.UNKNOWN_TABLE, "no table '" + table + "'", "");
        }
        return content;
    }
}

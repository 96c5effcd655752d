package dev.tidemark.kvs.memory;

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
import dev.tidemark.kvs.node.RestoreId;
import java.util.Iterator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The cells of an in-memory store by quorum reads and writes. */
final class InMemoryCells implements CellStore {
    private final InMemoryStore store;
    /** The restore that may use a store that is not complete, or null. */
    private final RestoreId restore;

    InMemoryCells(InMemoryStore store) {
        this(store, null);
    }

    InMemoryCells(InMemoryStore store, RestoreId restore) {
        this.store = store;
        this.restore = restore;
    }

    @Override
    public void createTable(TableName table) {
        synchronized (store) {
            store.requireServing(restore);
            store.nodes().forEach(node -> node.replica().createTable(table));
        }
    }

    @Override
    public Set<TableName> tables() {
        synchronized (store) {
            store.requireServing(restore);
            return store.tables();
        }
    }

    @Override
    public Map<Cell, Version> getLatest(TableName table, Set<Cell> cells, long atOrBelow) {
        return locked(Seam.READ, table, () -> {
            Map<Cell, Version> found = new TreeMap<>();
            for (Cell cell : cells) {
                latest(table, cell, atOrBelow).ifPresent(version -> found.put(cell, version));
            }
            return found;
        });
    }

    @Override
    public void put(TableName table, Map<Cell, Bytes> values, long timestamp) {
        if (timestamp <= 0) {
            throw new IllegalArgumentException("timestamp: " + timestamp + " (expected: > 0)");
        }
        locked(Seam.PUT, table, () -> {
            values.forEach((cell, value) ->
                    store.write(table, new VersionKey(cell, timestamp), new Write(value, store.nextSequence())));
            return true;
        });
    }

    @Override
    public Optional<Bytes> putUnlessExists(TableName table, Cell cell, Bytes value) {
        return locked(Seam.PUT_UNLESS_EXISTS, table, () -> {
            Optional<Bytes> found = atomicValue(table, cell);
            if (found.isEmpty()) {
                store.write(table, new VersionKey(cell, 0), new Write(value, store.nextSequence()));
            }
            return found;
        });
    }

    @Override
    public boolean compareAndSet(TableName table, Cell cell, Bytes expected, Bytes update) {
        return locked(Seam.COMPARE_AND_SET, table, () -> {
            boolean isExpected = atomicValue(table, cell).equals(Optional.of(expected));
            if (isExpected) {
                store.write(table, new VersionKey(cell, 0), new Write(update, store.nextSequence()));
            }
            return isExpected;
        });
    }

    @Override
    public void deleteVersions(TableName table, Map<Cell, Set<Long>> timestamps) {
        locked(Seam.DELETE, table, () -> {
            timestamps.forEach((cell, versions) -> versions.forEach(timestamp ->
                    store.write(table, new VersionKey(cell, timestamp), new Write(null, store.nextSequence()))));
            return true;
        });
    }

    @Override
    public void deleteUpTo(TableName table, Map<Cell, Long> timestampsInclusive) {
        locked(Seam.DELETE, table, () -> {
            timestampsInclusive.forEach((cell, timestamp) -> store.deleteUpTo(table, cell, timestamp));
            return true;
        });
    }

    @Override
    public CloseableIterator<CellVersion> scan(TableName table, CellRange range, long atOrBelow) {
        return locked(Seam.READ, table, () -> {
            NavigableMap<VersionKey, Write> merged = new TreeMap<>();
            for (int token = 0; token < store.options().nodes(); token++) {
                merged.putAll(Merging.merge(store.readReplicas(token), table, store, token, range));
            }
            return iterate(merged.entrySet().stream()
                    .filter(entry ->
                            !entry.getValue().isDeletion() && entry.getKey().timestamp() <= atOrBelow)
                    .map(entry -> new CellVersion(
                            entry.getKey().cell(),
                            entry.getKey().timestamp(),
                            entry.getValue().value())));
        });
    }

    private Optional<Version> latest(TableName table, Cell cell, long atOrBelow) {
        NavigableMap<VersionKey, Write> versions = new TreeMap<>();
        int token = store.token(cell.row());
        for (InMemoryNode node : store.readReplicas(token)) {
            node.replica()
                    .table(table)
                    .subMap(new VersionKey(cell, Long.MAX_VALUE), true, new VersionKey(cell, Long.MIN_VALUE), true)
                    .forEach((key, write) -> versions.merge(key, write, Write::latest));
        }
        return versions.entrySet().stream()
                .filter(entry ->
                        !entry.getValue().isDeletion() && entry.getKey().timestamp() <= atOrBelow)
                .findFirst()
                .map(entry ->
                        new Version(entry.getKey().timestamp(), entry.getValue().value()));
    }

    private Optional<Bytes> atomicValue(TableName table, Cell cell) {
        return latest(table, cell, 0).map(Version::value);
    }

    private <T> T locked(Seam seam, TableName table, Supplier<T> action) {
        return store.faults().call(seam, () -> {
            synchronized (store) {
                store.requireServing(restore);
                requireTable(table);
                return action.get();
            }
        });
    }

    private void requireTable(TableName table) {
        if (!store.tables().contains(table)) {
            throw new KeyValueStoreException(
                    ErrorCode.UNKNOWN_TABLE,
                    "table '" + table + "' does not exist (expected: one of " + store.tables() + ")",
                    "Create the table first.");
        }
    }

    private static CloseableIterator<CellVersion> iterate(Stream<CellVersion> versions) {
        Iterator<CellVersion> iterator = versions.iterator();
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
}

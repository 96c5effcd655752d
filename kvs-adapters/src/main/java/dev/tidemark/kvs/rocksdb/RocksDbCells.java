package dev.tidemark.kvs.rocksdb;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.CellChange;
import dev.tidemark.kvs.CellRange;
import dev.tidemark.kvs.CellStore;
import dev.tidemark.kvs.CellVersion;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.Version;
import dev.tidemark.kvs.rocksdb.RocksDbOptions.CommitDurability;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * The cells of an open store; {@link CellKey} says how they lie in it.
 *
 * <p>Durability: every write goes through RocksDB's one log, in order. Plain puts don't wait for the disk. A put-unless-exists
 * or compare-and-set waits until the log is synced up to its own record, and with it every put before; so the cells of a
 * transaction are durable when its entry is. A value becomes visible only after its record is synced; so nobody acts on an entry
 * that a power cut could take back.
 *
 * <p>Put-unless-exists and compare-and-set read, then write. They hold one of many locks meanwhile, chosen by the cell; across
 * the sync, because another caller must not see the cell between the two. Only callers of the same cell, or of one that shares
 * its lock by chance, wait for each other; the others share the sync of a group.
 *
 * <p>Many changes in one call are one record of the log, and wait for one sync. The call holds the locks of all its cells
 * meanwhile, which it takes in the order of their numbers: so two such calls can't wait for each other, and whoever wants a
 * single lock holds no other.
 */
final class RocksDbCells implements CellStore {
    private static final int LOCKS = 1024;

    private final Database database;
    private final CommitDurability durability;
    private final Lock[] locks =
            Stream.generate(ReentrantLock::new).limit(LOCKS).toArray(Lock[]::new);

    RocksDbCells(Database database, CommitDurability durability) {
        this.database = database;
        this.durability = durability;
    }

    @Override
    public void createTable(TableName table) {
        database.createTable(table);
    }

    @Override
    public Set<TableName> tables() {
        return database.tables();
    }

    @Override
    public Map<Cell, Version> getLatest(TableName table, Set<Cell> cells, long atOrBelow) {
        return database.use("read from", rocks -> {
            ColumnFamilyHandle family = database.table(table);
            if (atOrBelow < 0 || cells.isEmpty()) {
                return Map.of();
            }
            return atOrBelow == 0 ? getAtZero(rocks, family, cells) : seek(rocks, family, cells, atOrBelow);
        });
    }

    /** There is one version at most; so the filters of the files can tell without a read that there is none. */
    private static Map<Cell, Version> getAtZero(RocksDB rocks, ColumnFamilyHandle family, Set<Cell> cells)
            throws RocksDBException {
        Map<Cell, Version> found = new HashMap<>();
        for (Cell cell : cells) {
            byte[] value = rocks.get(family, CellKey.of(cell, 0));
            if (value != null) {
                found.put(cell, new Version(0, Bytes.wrap(value)));
            }
        }
        return found;
    }

    private static Map<Cell, Version> seek(RocksDB rocks, ColumnFamilyHandle family, Set<Cell> cells, long atOrBelow)
            throws RocksDBException {
        Map<Cell, Version> found = new HashMap<>();
        try (ReadOptions options = new ReadOptions().setTotalOrderSeek(true);
                RocksIterator iterator = rocks.newIterator(family, options)) {
            for (Cell cell : new TreeSet<>(cells)) {
                byte[] prefix = CellKey.prefix(cell);
                iterator.seek(CellKey.of(prefix, atOrBelow));
                iterator.status();
                if (!iterator.isValid()) {
                    break; // the cells are in order: nothing is left for those after this one
                }
                byte[] key = iterator.key();
                if (CellKey.isOf(key, prefix)) {
                    found.put(cell, new Version(CellKey.timestamp(key), Bytes.wrap(iterator.value())));
                }
            }
        }
        return found;
    }

    @Override
    public void put(TableName table, Map<Cell, Bytes> values, long timestamp) {
        if (timestamp <= 0) {
            throw new IllegalArgumentException("timestamp: " + timestamp + " (expected: > 0)");
        }
        database.use("write to", rocks -> {
            ColumnFamilyHandle family = database.table(table);
            try (WriteBatch batch = new WriteBatch();
                    WriteOptions options = new WriteOptions().setSync(false)) {
                for (Map.Entry<Cell, Bytes> entry : values.entrySet()) {
                    batch.put(
                            family,
                            CellKey.of(entry.getKey(), timestamp),
                            entry.getValue().toArray());
                }
                rocks.write(options, batch);
            }
            return null;
        });
    }

    @Override
    public Optional<Bytes> putUnlessExists(TableName table, Cell cell, Bytes value) {
        return locked(table, cell, (rocks, family, key) -> {
            byte[] found = rocks.get(family, key);
            if (found != null) {
                return Optional.of(Bytes.wrap(found));
            }
            commit(rocks, family, key, value);
            return Optional.empty();
        });
    }

    @Override
    public boolean compareAndSet(TableName table, Cell cell, Bytes expected, Bytes update) {
        byte[] expectedValue = expected.toArray();
        return locked(table, cell, (rocks, family, key) -> {
            if (!Arrays.equals(rocks.get(family, key), expectedValue)) {
                return false;
            }
            commit(rocks, family, key, update);
            return true;
        });
    }

    @Override
    public Set<Cell> compareAndSetAll(TableName table, List<CellChange> changes) {
        CellStore.requireDistinctCells(changes);
        return database.use("write to", rocks -> {
            ColumnFamilyHandle family = database.table(table);
            List<Lock> held = lockAll(table, changes);
            try {
                return changes.isEmpty() ? Set.of() : replaceAll(rocks, family, changes);
            } finally {
                held.forEach(Lock::unlock);
            }
        });
    }

    private List<Lock> lockAll(TableName table, List<CellChange> changes) {
        List<Lock> held = changes.stream()
                .map(change -> lockNumber(table, change.cell()))
                .distinct()
                .sorted()
                .map(number -> locks[number])
                .toList();
        held.forEach(Lock::lock);
        return held;
    }

    private Set<Cell> replaceAll(RocksDB rocks, ColumnFamilyHandle family, List<CellChange> changes)
            throws RocksDBException {
        List<byte[]> keys = new ArrayList<>(changes.size());
        changes.forEach(change -> keys.add(CellKey.of(change.cell(), 0)));
        List<byte[]> values = rocks.multiGetAsList(Collections.nCopies(keys.size(), family), keys);
        Set<Cell> refused = new HashSet<>();
        try (WriteBatch batch = new WriteBatch();
                WriteOptions options = commitOptions()) {
            for (int i = 0; i < changes.size(); i++) {
                CellChange change = changes.get(i);
                if (Arrays.equals(values.get(i), change.expected().toArray())) {
                    batch.put(family, keys.get(i), change.update().toArray());
                } else {
                    refused.add(change.cell());
                }
            }
            if (batch.count() > 0) {
                rocks.write(options, batch);
            }
        }
        return refused;
    }

    private void commit(RocksDB rocks, ColumnFamilyHandle family, byte[] key, Bytes value) throws RocksDBException {
        try (WriteOptions options = commitOptions()) {
            rocks.put(family, options, key, value.toArray());
        }
    }

    private WriteOptions commitOptions() {
        return new WriteOptions().setSync(durability == CommitDurability.SYNCED);
    }

    private static int lockNumber(TableName table, Cell cell) {
        return Math.floorMod(31 * table.hashCode() + cell.hashCode(), LOCKS);
    }

    private <T> T locked(TableName table, Cell cell, KeyCall<T> call) {
        Lock lock = locks[lockNumber(table, cell)];
        return database.use("write to", rocks -> {
            ColumnFamilyHandle family = database.table(table);
            lock.lock();
            try {
                return call.run(rocks, family, CellKey.of(cell, 0));
            } finally {
                lock.unlock();
            }
        });
    }

    @Override
    public void deleteVersions(TableName table, Map<Cell, Set<Long>> timestamps) {
        database.use("delete from", rocks -> {
            ColumnFamilyHandle family = database.table(table);
            try (WriteBatch batch = new WriteBatch();
                    WriteOptions options = new WriteOptions().setSync(false)) {
                for (Map.Entry<Cell, Set<Long>> entry : timestamps.entrySet()) {
                    byte[] prefix = CellKey.prefix(entry.getKey());
                    for (long timestamp : entry.getValue()) {
                        batch.delete(family, CellKey.of(prefix, timestamp));
                    }
                }
                rocks.write(options, batch);
            }
            return null;
        });
    }

    @Override
    public void deleteUpTo(TableName table, Map<Cell, Long> timestampsInclusive) {
        database.use("delete from", rocks -> {
            ColumnFamilyHandle family = database.table(table);
            try (WriteBatch batch = new WriteBatch();
                    ReadOptions reading = new ReadOptions().setTotalOrderSeek(true);
                    RocksIterator iterator = rocks.newIterator(family, reading);
                    WriteOptions options = new WriteOptions().setSync(false)) {
                for (Map.Entry<Cell, Long> entry : timestampsInclusive.entrySet()) {
                    byte[] prefix = CellKey.prefix(entry.getKey());
                    for (iterator.seek(CellKey.of(prefix, entry.getValue())); iterator.isValid(); iterator.next()) {
                        byte[] key = iterator.key();
                        if (!CellKey.isOf(key, prefix) || CellKey.timestamp(key) < 1) {
                            break;
                        }
                        batch.delete(family, key);
                    }
                    iterator.status();
                }
                rocks.write(options, batch);
            }
            return null;
        });
    }

    @Override
    public CloseableIterator<CellVersion> scan(TableName table, CellRange range, long atOrBelow) {
        return RocksDbScan.open(database, table, range, atOrBelow);
    }

    @FunctionalInterface
    private interface KeyCall<T> {
        T run(RocksDB rocks, ColumnFamilyHandle family, byte[] key) throws RocksDBException;
    }
}

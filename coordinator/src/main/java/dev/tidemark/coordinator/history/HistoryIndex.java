package dev.tidemark.coordinator.history;

import dev.tidemark.coordinator.history.HistoryTransaction.Outcome;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.CellRange;
import dev.tidemark.kvs.CellStore;
import dev.tidemark.kvs.CellVersion;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.TableName;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A history sorted on disk, in two scratch tables: by timestamp, and by cell. What does not bear on the state at the checked
 * timestamp, or on a read below it, is only in the first. Not thread-safe.
 */
final class HistoryIndex {
    /** Tables of one store that a history may name; their names are kept in memory. */
    static final int MAX_TABLES = 100_000;

    private static final TableName TIMESTAMPS = TableName.of("timestamps");
    private static final TableName ACCESSES = TableName.of("accesses");

    private final CellStore scratch;
    private final HistoryHeader header;
    private final long at;
    private final CellBatch timestamps;
    private final CellBatch accesses;
    private final List<SortedSet<TableName>> tables = new ArrayList<>();
    private long lastTimestamp;

    HistoryIndex(CellStore scratch, HistoryHeader header, long at) {
        this.scratch = scratch;
        this.header = header;
        this.at = at;
        this.timestamps = new CellBatch(scratch, TIMESTAMPS);
        this.accesses = new CellBatch(scratch, ACCESSES);
        header.stores().forEach(store -> tables.add(new TreeSet<>()));
    }

    HistoryHeader header() {
        return header;
    }

    /** Returns the timestamp that is checked. */
    long at() {
        return at;
    }

    /** Returns the largest timestamp of the history, 0 when it is empty. */
    long lastTimestamp() {
        return lastTimestamp;
    }

    /** Returns the tables of a store that have accesses. */
    SortedSet<TableName> tables(int store) {
        return tables.get(store);
    }

    /**
     * Reads the whole history.
     *
     * @param outcomes says what has become of transactions of unknown outcome
     */
    void load(Path file, HistoryReader reader, StoreOutcomes outcomes, Tally tally) {
        Optional<HistoryTransaction> next = reader.next();
        while (next.isPresent()) {
            add(file, reader.line(), next.get(), outcomes, tally);
            tally.step();
            next = reader.next();
        }
        timestamps.flush();
        accesses.flush();
    }

    private void add(Path file, long line, HistoryTransaction transaction, StoreOutcomes outcomes, Tally tally) {
        int store = header.stores().indexOf(transaction.store());
        boolean hasWrites = !transaction.writes().isEmpty();
        IndexedTransaction indexed = new IndexedTransaction(
                line, store, transaction.start(), transaction.commit(), transaction.outcome(), hasWrites);
        if (hasWrites && transaction.start() < header.from()) {
            throw HistoryErrors.line(
                    file,
                    line,
                    "start: " + transaction.start() + " (expected: at least " + header.from()
                            + ", as the header says, because it wrote something)",
                    null);
        }
        addTimestamps(indexed);
        long commit = effectiveCommit(indexed, outcomes);
        count(indexed, commit, tally);
        boolean isIn = commit != HistoryTransaction.NO_COMMIT && commit <= at;
        boolean readsHold = transaction.outcome() == Outcome.COMMITTED || isIn;
        if (readsHold && transaction.start() <= at) {
            addAccesses(file, indexed, transaction.reads(), transaction.start(), Access.READ);
        }
        if (isIn) {
            addAccesses(file, indexed, transaction.writes(), commit, Access.WRITE);
        }
    }

    private void addTimestamps(IndexedTransaction indexed) {
        Bytes value = indexed.encode();
        timestamps.put(Bytes.ofLong(indexed.start()), Bytes.ofLong(indexed.line()), value);
        lastTimestamp = Math.max(lastTimestamp, Math.max(indexed.start(), indexed.commit()));
        if (indexed.commit() != HistoryTransaction.NO_COMMIT) {
            timestamps.put(Bytes.ofLong(indexed.commit()), Bytes.ofLong(indexed.line()), value);
        }
    }

    private long effectiveCommit(IndexedTransaction indexed, StoreOutcomes outcomes) {
        return switch (indexed.outcome()) {
            case COMMITTED -> indexed.commit();
            case ABORTED -> HistoryTransaction.NO_COMMIT;
            case UNKNOWN ->
                indexed.hasWrites()
                        ? outcomes.commitOf(indexed.store(), indexed.start())
                        : HistoryTransaction.NO_COMMIT;
        };
    }

    private void count(IndexedTransaction indexed, long commit, Tally tally) {
        tally.transactions++;
        boolean isIn = commit != HistoryTransaction.NO_COMMIT && commit <= at;
        if (!indexed.hasWrites()) {
            return;
        }
        if (indexed.outcome() == Outcome.UNKNOWN) {
            tally.unknownCommitted += isIn ? 1 : 0;
            tally.unknownNotCommitted += isIn ? 0 : 1;
        } else if (indexed.outcome() == Outcome.COMMITTED) {
            tally.committed += isIn ? 1 : 0;
            tally.above += isIn ? 0 : 1;
        }
    }

    private void addAccesses(
            Path file, IndexedTransaction indexed, List<RecordedCell> cells, long timestamp, byte kind) {
        for (RecordedCell cell : cells) {
            SortedSet<TableName> known = tables.get(indexed.store());
            if (known.add(cell.table()) && known.size() > MAX_TABLES) {
                throw HistoryErrors.line(
                        file,
                        indexed.line(),
                        "table " + known.size() + " (expected: at most " + MAX_TABLES + ")",
                        null);
            }
            Access access = new Access(kind, timestamp, indexed.start(), indexed.line(), cell.value());
            accesses.put(
                    CellKeys.key(CellKeys.prefix(indexed.store(), cell.table()), cell.cell()),
                    access.column(),
                    access.encode());
        }
    }

    /** Returns the transactions that use a timestamp as start or commit; several are a defect of the file. */
    List<IndexedTransaction> using(long timestamp) {
        List<IndexedTransaction> found = new ArrayList<>();
        try (CloseableIterator<CellVersion> cells =
                scratch.scan(TIMESTAMPS, CellRange.row(Bytes.ofLong(timestamp)), CellBatch.VERSION)) {
            while (cells.hasNext()) {
                found.add(IndexedTransaction.decode(cells.next().value()));
            }
        }
        return found;
    }

    /** Returns the transaction of a store that started at the timestamp. */
    Optional<IndexedTransaction> startedAt(int store, long start) {
        return using(start).stream()
                .filter(transaction -> transaction.start() == start && transaction.store() == store)
                .findFirst();
    }

    /** Scans the timestamps that are used, in ascending order: rows are timestamps, values transactions. */
    CloseableIterator<CellVersion> scanTimestamps() {
        return scratch.scan(TIMESTAMPS, CellRange.all(), CellBatch.VERSION);
    }

    /** Scans the accesses of a table, ordered by cell, within a cell by timestamp. */
    CloseableIterator<CellVersion> scanAccesses(Bytes prefix) {
        return scratch.scan(ACCESSES, CellRange.rowsWithPrefix(prefix), CellBatch.VERSION);
    }

    /** Says by the word of the stores what has become of transactions. */
    @FunctionalInterface
    interface StoreOutcomes {
        /** Returns the commit timestamp, or {@link HistoryTransaction#NO_COMMIT} when it is not committed. */
        long commitOf(int store, long start);
    }

    /**
     * A read or a write of a cell.
     *
     * @param timestamp of the state that was read, or at which the write became visible
     */
    record Access(byte kind, long timestamp, long start, long line, Bytes value) {
        static final byte READ = 0;
        static final byte WRITE = 1;

        private static final int HEADER_BYTES = 1 + Long.BYTES;

        boolean isRead() {
            return kind == READ;
        }

        /** A read and a write with the same timestamp can't be: no two transactions share one. */
        Bytes column() {
            return Bytes.ofLong(timestamp).concat(Bytes.ofLong(start));
        }

        Bytes encode() {
            return Bytes.wrap(ByteBuffer.allocate(HEADER_BYTES + value.length())
                    .put(kind)
                    .putLong(line)
                    .put(value.toBuffer())
                    .array());
        }

        static Access decode(Bytes column, Bytes encoded) {
            ByteBuffer times = column.toBuffer();
            ByteBuffer buffer = encoded.toBuffer();
            byte kind = buffer.get();
            long line = buffer.getLong();
            byte[] value = new byte[buffer.remaining()];
            buffer.get(value);
            return new Access(kind, times.getLong(), times.getLong(), line, Bytes.wrap(value));
        }
    }
}

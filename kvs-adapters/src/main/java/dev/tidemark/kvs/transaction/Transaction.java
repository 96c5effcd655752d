package dev.tidemark.kvs.transaction;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.CellRange;
import dev.tidemark.kvs.CellStore;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.kvs.transaction.LeaseKeeper.HeldLease;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A transaction under snapshot isolation: it reads the state that was committed before it started, together with its own
 * writes, and commits only if nobody else has committed a write to a cell that it wrote since. So updates are never lost and
 * reads are repeatable; two transactions that each read what the other writes may both commit (write skew), and an
 * application that must exclude that makes both write one common cell.
 *
 * <p>What was read holds once {@link #commit()} has returned, for a transaction without writes as well: only then is it
 * proven that garbage collection has kept its versions all the time.
 *
 * <p>Writes stay in memory until the commit. Every transaction must be committed or closed. Not thread-safe.
 */
public final class Transaction implements AutoCloseable {
    private final long start;
    private final HeldLease lease;
    private final LeaseKeeper leases;
    private final Outcomes outcomes;
    private final SnapshotReader reader;
    private final WriteBuffer writes;
    private final Commit commit;
    private final TransactionEvents events;

    private Status status = Status.RUNNING;

    Transaction(long start, HeldLease lease, Outcomes outcomes, TransactionalStore store) {
        this.start = start;
        this.lease = lease;
        this.outcomes = outcomes;
        this.leases = store.leases();
        this.reader = new SnapshotReader(store.cells(), outcomes, start);
        this.writes = new WriteBuffer(start, store.options());
        this.commit = store.commit();
        this.events = store.events();
    }

    /** Returns the start timestamp: what committed below it is visible. */
    public long startTimestamp() {
        return start;
    }

    /** Returns what has become of the transaction. */
    public Status status() {
        return status;
    }

    /**
     * Reads a cell.
     *
     * @return empty when it was never written or is deleted
     * @throws KeyValueStoreException {@link ErrorCode#LEASE_LOST} when the transaction can't commit any more,
     *     {@link ErrorCode#UNKNOWN_TABLE}, and as {@link CellStore}
     */
    public Optional<Bytes> get(TableName table, Cell cell) {
        return Optional.ofNullable(get(table, Set.of(cell)).get(cell));
    }

    /**
     * Reads several cells.
     *
     * @return cells that were never written or are deleted are absent
     * @throws KeyValueStoreException as {@link #get(TableName, Cell)}
     */
    public Map<Cell, Bytes> get(TableName table, Set<Cell> cells) {
        requireUsable(table);
        Map<Cell, Bytes> values = new HashMap<>();
        Set<Cell> unwritten = new HashSet<>();
        for (Cell cell : cells) {
            Bytes own = writes.get(table, cell);
            if (own == null) {
                unwritten.add(cell);
            } else if (!own.isEmpty()) {
                values.put(cell, own);
            }
        }
        if (!unwritten.isEmpty()) {
            values.putAll(reader.get(table, unwritten));
        }
        return values;
    }

    /**
     * Scans the cells of a range that have a value, ordered by cell. Streams with bounded memory. Own writes are seen as
     * they are when the scan is opened.
     *
     * @return to be closed before the transaction ends
     * @throws KeyValueStoreException as {@link #get(TableName, Cell)}
     */
    public CloseableIterator<CellValue> scan(TableName table, CellRange range) {
        requireUsable(table);
        return new MergedScan(reader.scan(table, range), writes.in(table, range));
    }

    /**
     * Writes a cell.
     *
     * @param value not empty; an empty value is how a store keeps a deletion
     * @throws KeyValueStoreException {@link ErrorCode#INVALID_INPUT} when the transaction would pass a limit; the cell is not
     *     written then and the transaction goes on
     */
    public void put(TableName table, Cell cell, Bytes value) {
        if (value.isEmpty()) {
            throw new IllegalArgumentException(
                    "value of row " + cell.row() + " column " + cell.column() + ": empty (expected: at least 1 byte)");
        }
        requireUsable(table);
        writes.write(table, cell, value);
    }

    /**
     * Deletes a cell; one that has no value as well.
     *
     * @throws KeyValueStoreException as {@link #put}
     */
    public void delete(TableName table, Cell cell) {
        requireUsable(table);
        writes.write(table, cell, Bytes.EMPTY);
    }

    /**
     * Commits. Whatever is thrown, the transaction has ended; {@link #status()} says how.
     *
     * @return the commit timestamp: whoever starts above it sees the writes; empty when there are none
     * @throws TidemarkException {@link ErrorCode#TRANSACTION_CONFLICT} when somebody else wrote one of its cells or
     *     rolled it back, {@link ErrorCode#LEASE_LOST} when it took too long or a restore has begun: in both cases it is not
     *     committed and can be run again; {@link ErrorCode#STORE_UNAVAILABLE} with the status {@link Status#UNKNOWN} when it
     *     may be committed or not; as {@link CellStore} and {@link TransactionOracle} otherwise
     */
    public OptionalLong commit() {
        requireRunning();
        return writes.isEmpty() ? commitReads() : OptionalLong.of(commitWrites());
    }

    private OptionalLong commitReads() {
        status = Status.ABORTED;
        if (!leases.release(lease)) {
            throw TransactionErrors.leaseLost(start, "while it was reading");
        }
        status = Status.COMMITTED;
        return OptionalLong.empty();
    }

    private long commitWrites() {
        status = Status.UNKNOWN;
        boolean mayUnlock = false;
        try {
            long commitTimestamp = commit.run(start, lease, writes, outcomes);
            status = Status.COMMITTED;
            events.afterEntry(start, commitTimestamp);
            mayUnlock = true;
            return commitTimestamp;
        } catch (Commit.UnknownOutcome e) {
            throw TransactionErrors.unknownOutcome(start, e.failure());
        } catch (RuntimeException e) {
            mayUnlock = true;
            if (status == Status.UNKNOWN) {
                status = Status.ABORTED;
            }
            throw e;
        } finally {
            if (mayUnlock) {
                leases.releaseQuietly(lease);
            } else {
                leases.forget(lease);
            }
        }
    }

    /** Ends the transaction without an effect; does nothing when it has ended. */
    public void abort() {
        if (status == Status.RUNNING) {
            status = Status.ABORTED;
            leases.releaseQuietly(lease);
        }
    }

    /** Aborts the transaction unless it has ended. */
    @Override
    public void close() {
        abort();
    }

    private void requireUsable(TableName table) {
        requireRunning();
        if (table.isInternal()) {
            throw new IllegalArgumentException(
                    "table: '" + table + "' (expected: a table of the application, not beginning with _)");
        }
        if (lease.isLost()) {
            throw TransactionErrors.leaseLost(start, "while it was running");
        }
    }

    private void requireRunning() {
        if (status != Status.RUNNING) {
            throw new IllegalStateException("transaction " + start + " is " + status + " (expected: RUNNING)");
        }
    }

    /** What has become of a transaction. */
    public enum Status {
        /** It reads and writes. */
        RUNNING,
        /** Its writes are visible, or it has none and its reads hold. */
        COMMITTED,
        /** Its writes are not visible and never will be. */
        ABORTED,
        /** Its writes are visible to all who start later, or never will be: the store did not answer. */
        UNKNOWN
    }
}

package dev.tidemark.kvs.transaction;

import dev.tidemark.kvs.CellRange;
import dev.tidemark.kvs.CellStore;
import dev.tidemark.kvs.CellVersion;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.transactiontable.CellTransactionTable;
import dev.tidemark.kvs.transactiontable.TransactionState;
import dev.tidemark.kvs.transactiontable.TransactionTable;
import java.util.Optional;
import java.util.function.LongFunction;

/**
 * The committed state of a store at a timestamp: what every transaction that started just above it would read. For digests,
 * drills and checks. Thread-safe; scans may run in parallel.
 *
 * <p>The answer is exact when two things hold, and both are the caller's to see to: garbage collection has not passed the
 * timestamp (a lease on the immutable timestamp, or a look at the earliest readable timestamp after the last scan), and
 * every transaction with a commit timestamp at or below it has its entry (the oracle says that the timestamp is settled).
 * Outcomes are remembered, so an object serves one check of a store whose entries no restore or rewind changes meanwhile.
 */
public final class VisibleCells {
    /** Start timestamps whose outcome is kept in memory. */
    static final int MAX_CACHED_OUTCOMES = 100_000;

    private final CellStore cells;
    private final long timestamp;
    private final LongFunction<TransactionState> outcomes;

    private VisibleCells(CellStore cells, long timestamp, LongFunction<TransactionState> outcomes) {
        if (timestamp < 1) {
            throw new IllegalArgumentException("timestamp: " + timestamp + " (expected: >= 1)");
        }
        this.cells = cells;
        this.timestamp = timestamp;
        this.outcomes = outcomes;
    }

    /**
     * Returns the state at the timestamp and changes nothing: a transaction without an entry counts as not committed, one that
     * is staging as committed at its timestamp.
     *
     * @param timestamp commits at or below it are visible, &gt;= 1
     */
    public static VisibleCells at(long timestamp, CellStore cells, TransactionTable entries) {
        EntryCache cache = new EntryCache(MAX_CACHED_OUTCOMES);
        return new VisibleCells(cells, timestamp, start -> {
            TransactionState cached = cache.get(start);
            if (cached != null) {
                return cached;
            }
            Optional<TransactionState> state = entries.read(start);
            state.ifPresent(found -> cache.put(start, found));
            return state.orElse(TransactionState.ABORTED);
        });
    }

    /**
     * Returns the state at the timestamp and decides every transaction that it meets, as a reader does: one without an entry
     * is rolled back at once, one that is staging is confirmed.
     *
     * @param timestamp commits at or below it are visible, &gt;= 1
     */
    public static VisibleCells rollingBack(long timestamp, CellStore cells, CellTransactionTable entries) {
        return new VisibleCells(cells, timestamp, Outcomes.withoutWaiting(entries)::force);
    }

    /** Returns the timestamp. */
    public long timestamp() {
        return timestamp;
    }

    /**
     * Scans the visible cells, ordered by cell: of each the newest version that committed at or below the timestamp, and
     * nothing where that one is a deletion. Streams with bounded memory.
     *
     * @throws KeyValueStoreException {@link ErrorCode#UNKNOWN_TABLE} and as {@link CellStore#scan}
     */
    public CloseableIterator<CellVersion> scan(TableName table, CellRange range) {
        return new VisibleScan(cells.scan(table, range, timestamp), this::isVisible);
    }

    private boolean isVisible(long start) {
        if (start < 1) {
            return false;
        }
        TransactionState outcome = outcomes.apply(start);
        if (outcome instanceof TransactionState.Committed committed) {
            return committed.commitTimestamp() <= timestamp;
        }
        return outcome instanceof TransactionState.Staging staging && staging.commitTimestamp() <= timestamp;
    }
}

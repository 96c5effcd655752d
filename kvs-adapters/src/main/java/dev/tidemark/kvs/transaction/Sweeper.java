package dev.tidemark.kvs.transaction;

import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.CellRange;
import dev.tidemark.kvs.CellStore;
import dev.tidemark.kvs.CellVersion;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.kvs.cluster.StoreMetadata;
import dev.tidemark.kvs.transactiontable.CellTransactionTable;
import dev.tidemark.kvs.transactiontable.TransactionState;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Deletes the versions that no reader at or above the immutable timestamp can see.
 *
 * <p>Let I be the immutable timestamp. Every transaction that runs, or will, has a start timestamp S &gt;= I and sees of a cell
 * the newest version that committed below S; a backup under a lease has a timestamp B &gt;= I and sees the newest one that
 * committed at or below B. Writers of one cell do not overlap, so among committed versions the order of start timestamps is the
 * order of commit timestamps. Therefore, of the versions of a cell with a start timestamp below I, these are needed and no
 * others:
 *
 * <ul>
 *   <li>those that committed at or above I: they ended, but a reader from I on may see either side of them;
 *   <li>the newest one that committed below I, unless it is a deletion: the absence of every version says the same. It goes
 *       together with all that are older, in one change of every copy ({@link CellStore#deleteUpTo}): a copy, or a snapshot of one,
 *       that had lost the deletion and not what it hides would bring a deleted value back.
 * </ul>
 *
 * <p>A transaction with a start timestamp below I has ended, or has lost its lease and can't commit: one without an entry is
 * rolled back, and versions of those that are aborted are deleted. Versions from I on are left alone.
 *
 * <p>A sweep works in batches. Each takes a lease of its own, whose immutable timestamp is I; decides what to delete;
 * records durably, before it deletes the first version, that reads below I may miss versions from then on; and asks the
 * oracle, right before it deletes, whether the lease is still alive. So a sweeper that was stopped while a restore or a rewind
 * took place deletes nothing afterwards by what it had seen before: the fence has ended its lease.
 *
 * <p>Stopping at any point is safe: what a batch has not deleted, a later sweep does. Thread-safe; two sweepers of one table
 * only do each other's work again.
 */
public final class Sweeper {
    private static final Cell FIRST = CellRange.all().startInclusive();

    private final CellStore cells;
    private final CellTransactionTable entries;
    private final TransactionOracle oracle;
    private final StoreMetadata metadata;
    private final Supplier<UUID> tokens;
    private final Waiting waiting;
    private final SweepOptions options;

    /** Creates a sweeper of the store that belongs to the oracle's namespace; sets up where it records how far it goes. */
    public Sweeper(
            CellStore cells,
            TransactionsSchemaMap schemas,
            TransactionOracle oracle,
            TransactionSeams seams,
            SweepOptions options) {
        this.cells = cells;
        this.entries = new CellTransactionTable(cells, schemas);
        this.oracle = oracle;
        cells.createTable(StoreMetadata.TABLE);
        this.metadata = new StoreMetadata(cells);
        this.tokens = seams.tokens();
        this.waiting = new Waiting(seams.sleeper());
        this.options = options;
    }

    /**
     * Sweeps every table of the application.
     *
     * @throws KeyValueStoreException as {@link #sweepBatch}
     */
    public SweepReport sweepAll() {
        SweepReport report = SweepReport.NONE;
        for (TableName table : cells.tables()) {
            if (!table.isInternal()) {
                report = report.plus(sweep(table));
            }
        }
        return report;
    }

    /**
     * Sweeps one table from its first cell to its last.
     *
     * @throws KeyValueStoreException as {@link #sweepBatch}
     */
    public SweepReport sweep(TableName table) {
        SweepBatch batch = sweepBatch(table, FIRST);
        SweepReport report = batch.report();
        while (batch.next() != null) {
            waiting.sleep(options.pause(), "waiting between two batches of a sweep");
            batch = sweepBatch(table, batch.next());
            report = report.plus(batch.report());
        }
        return report;
    }

    /**
     * Sweeps one batch, for a caller that keeps the place where it goes on.
     *
     * @param startInclusive first cell of the batch
     * @throws KeyValueStoreException {@link ErrorCode#LEASE_LOST} when the lease of the batch was lost before it could delete:
     *     run it again, with smaller batches if it happens often; {@link ErrorCode#UNKNOWN_TABLE}; as {@link CellStore}
     * @throws IllegalArgumentException when the table belongs to the protocol
     */
    public SweepBatch sweepBatch(TableName table, Cell startInclusive) {
        if (table.isInternal()) {
            throw new IllegalArgumentException("table: '" + table + "' (expected: a table of the application)");
        }
        ImmutableTimestampLease lease = oracle.lockImmutableTimestamp(new LeaseToken(tokens.get()));
        SweepBatch swept;
        try {
            swept = sweepUnder(lease, table, startInclusive);
        } catch (RuntimeException | Error e) {
            unlock(lease).ifPresent(e::addSuppressed);
            throw e;
        }
        unlock(lease); // what was swept is swept; a lease that can't be unlocked ends by itself
        return swept;
    }

    private SweepBatch sweepUnder(ImmutableTimestampLease lease, TableName table, Cell startInclusive) {
        Batch batch = new Batch(lease.immutableTimestamp());
        batch.collect(table, startInclusive);
        if (batch.deletions > 0) {
            metadata.raiseEarliestReadableTimestamp(lease.immutableTimestamp());
            if (!batch.superseded.isEmpty()) {
                requireAlive(lease, table);
                cells.deleteVersions(table, batch.superseded);
            }
            if (!batch.deletionMarkers.isEmpty()) {
                requireAlive(lease, table);
                cells.deleteUpTo(table, batch.deletionMarkers); // with what they hide, wherever it still is
            }
        }
        return new SweepBatch(batch.report(), batch.next);
    }

    /** Returns why the lease could not be unlocked. */
    private Optional<TidemarkException> unlock(ImmutableTimestampLease lease) {
        try {
            oracle.unlock(Set.of(lease.token()));
            return Optional.empty();
        } catch (TidemarkException e) {
            return Optional.of(e);
        }
    }

    private void requireAlive(ImmutableTimestampLease lease, TableName table) {
        if (!oracle.refresh(Set.of(lease.token())).contains(lease.token())) {
            throw new KeyValueStoreException(
                    ErrorCode.LEASE_LOST,
                    "the sweep of table '" + table + "' stopped: its lease on the immutable timestamp was lost",
                    "Sweep again; use smaller batches if it happens often.");
        }
    }

    /** What one pass over some cells found; nothing of it is deleted yet. */
    private final class Batch {
        private final long immutableTimestamp;
        private final Outcomes outcomes = Outcomes.withoutWaiting(entries);
        private final Map<Cell, Set<Long>> superseded = new HashMap<>();
        private final Map<Cell, Long> deletionMarkers = new HashMap<>();

        private long cellCount;
        private long versionCount;
        private int deletions;
        private Cell next;

        private Cell current;
        private boolean hasVisibleVersion;
        private long markerOfCurrent;

        private Batch(long immutableTimestamp) {
            this.immutableTimestamp = immutableTimestamp;
        }

        private void collect(TableName table, Cell startInclusive) {
            CellRange range = new CellRange(startInclusive, null);
            try (CloseableIterator<CellVersion> versions = cells.scan(table, range, immutableTimestamp - 1)) {
                while (versions.hasNext()) {
                    CellVersion version = versions.next();
                    boolean isNewCell = !version.cell().equals(current);
                    if (isNewCell) {
                        endCell();
                    }
                    if (isFull(isNewCell)) {
                        next = version.cell();
                        return; // the marker of a cell that has more versions stays for the next batch
                    }
                    if (isNewCell) {
                        beginCell(version.cell());
                    }
                    add(version);
                }
                endCell();
            }
        }

        private boolean isFull(boolean isNewCell) {
            return deletions >= options.maxDeletionsPerBatch()
                    || (isNewCell && versionCount >= options.maxVersionsPerBatch());
        }

        private void beginCell(Cell cell) {
            current = cell;
            cellCount++;
            hasVisibleVersion = false;
            markerOfCurrent = 0;
        }

        private void endCell() {
            if (markerOfCurrent != 0) {
                deletionMarkers.put(current, markerOfCurrent);
                deletions++;
                markerOfCurrent = 0;
            }
        }

        private void add(CellVersion version) {
            versionCount++;
            if (version.timestamp() < 1) {
                return;
            }
            if (outcomes.force(version.timestamp()) instanceof TransactionState.Committed committed) {
                if (committed.commitTimestamp() >= immutableTimestamp) {
                    return;
                }
                if (!hasVisibleVersion) {
                    hasVisibleVersion = true;
                    markerOfCurrent = version.value().isEmpty() ? version.timestamp() : 0;
                    return;
                }
            }
            superseded.computeIfAbsent(version.cell(), cell -> new HashSet<>()).add(version.timestamp());
            deletions++;
        }

        private SweepReport report() {
            return new SweepReport(cellCount, versionCount, deletions, 1, immutableTimestamp);
        }
    }
}

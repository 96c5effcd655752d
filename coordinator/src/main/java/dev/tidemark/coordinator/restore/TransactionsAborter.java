package dev.tidemark.coordinator.restore;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.operation.ParallelWork;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.cluster.StoreCluster;
import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.cluster.StoreDescription;
import dev.tidemark.kvs.transactiontable.TransactionEntry;
import dev.tidemark.kvs.transactiontable.TransactionState;
import dev.tidemark.kvs.transactiontable.TransactionTable;
import dev.tidemark.timestamp.NamespaceOracle;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Aborts, by value, every commit above a timestamp in the transactions tables of a namespace's stores, for the operator who
 * has restored the stores by other means.
 *
 * <p>A client that runs in spite of {@code --offline} must not end up with half a transaction. So the fence goes up first:
 * it ends every lease, and whoever had begun can't commit any more. The last start timestamp that anybody can have is then the
 * next one that is fetched. The fence goes up again for the cleaning, and afterwards one more timestamp must be the direct
 * successor of that one, or somebody has got timestamps in between: the new interval is cleaned as well, a bounded number
 * of times.
 */
public final class TransactionsAborter {
    private static final int MAX_LISTED = 1000;
    private static final int MAX_ROUNDS = 5;

    private final NamespaceOracle oracle;
    private final Map<String, StoreConnector> stores;
    private final String fenceId;
    private final ParallelWork work;
    private final Consumer<String> notes;

    /**
     * Creates a cleaner; the stores are reached only when they are needed.
     *
     * @param notes gets what the operator has to know besides the result
     */
    public TransactionsAborter(
            NamespaceOracle oracle,
            Map<String, StoreConnector> stores,
            String fenceId,
            ParallelWork work,
            Consumer<String> notes) {
        this.oracle = oracle;
        this.stores = stores;
        this.fenceId = fenceId;
        this.work = work;
        this.notes = notes;
    }

    /** Finds what {@link #clean} would abort, and changes nothing. */
    public Report count(long firstStart, long backupTimestamp) {
        checkNotSwept(backupTimestamp);
        Report report = new Report();
        long last = oracle.freshTimestamp();
        if (firstStart <= last) {
            stores.forEach((name, connector) -> {
                try (StoreCluster cluster = connector.connect()) {
                    count(report, name, cluster, new TimestampRange(firstStart, last), backupTimestamp);
                }
            });
        }
        return report;
    }

    /**
     * Aborts the commits above the backup timestamp whose start timestamp is at or above the first.
     *
     * @throws CoordinatorException {@link ErrorCode#NOT_ALLOWED_NOW} when garbage collection has passed the timestamp, or clients
     *     keep getting timestamps
     */
    public Report clean(long firstStart, long backupTimestamp) {
        checkNotSwept(backupTimestamp);
        Report report = new Report();
        fenceAndLift();
        long first = firstStart;
        long last = oracle.freshTimestamp();
        for (int round = 0; round < MAX_ROUNDS; round++) {
            cleanFenced(report, first, last, backupTimestamp);
            long next = oracle.freshTimestamp();
            if (next == last + 1) {
                return report;
            }
            first = Math.max(firstStart, last);
            last = next;
        }
        throw new CoordinatorException(
                ErrorCode.NOT_ALLOWED_NOW,
                "clients of namespace '" + oracle.namespace() + "' keep getting timestamps",
                "Stop every client of the namespace and repeat the command.");
    }

    private void cleanFenced(Report report, long first, long last, long backupTimestamp) {
        oracle.fence(fenceId);
        try {
            if (first <= last) {
                cleanUntilNone(report, first, last, backupTimestamp);
            }
        } catch (RuntimeException | Error e) {
            try {
                unfence();
            } catch (RuntimeException unfenced) {
                e.addSuppressed(unfenced);
            }
            throw e;
        }
        unfence();
    }

    private void fenceAndLift() {
        oracle.fence(fenceId);
        unfence();
    }

    /** An interrupted command lifts its fence too: a client of an HTTP service would give up at once. */
    private void unfence() {
        boolean wasInterrupted = Thread.interrupted();
        try {
            oracle.unfence(fenceId);
        } finally {
            if (wasInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void cleanUntilNone(Report report, long first, long last, long backupTimestamp) {
        stores.forEach((name, connector) -> {
            try (StoreCluster cluster = connector.connect()) {
                cluster.prepareClean(new TimestampRange(first, last));
                TransactionTable recording = new RecordingTransactionTable(
                        cluster.transactionTable(),
                        entry -> report.add(name, entry.startTimestamp(), commitTimestamp(entry.state())));
                new TransactionCleaner(recording, backupTimestamp, work, (scanned, aborted) -> {})
                        .clean(new TimestampRange(first, last));
            }
        });
    }

    private void checkNotSwept(long backupTimestamp) {
        stores.forEach((name, connector) -> {
            try (StoreCluster cluster = connector.connect()) {
                StoreDescription description = cluster.describe();
                long earliest = description.earliestReadableTimestamp();
                if (earliest
                        == StoreDescription.NOT_RECORDED) { // as with AtlasDB's own command, the operator has to know
                    notes.accept("NOTE: "
                            + description.whyUnreadable(name, backupTimestamp).orElseThrow()
                            + "; what was visible then is whole only if a hold has kept it");
                } else if (earliest > backupTimestamp + 1) {
                    throw new CoordinatorException(
                            ErrorCode.NOT_ALLOWED_NOW,
                            "garbage collection of store '" + name + "' has passed timestamp " + backupTimestamp
                                    + " (expected: at least " + (earliest - 1) + ")",
                            "Choose a later timestamp, or restore a backup; nothing was changed.");
                }
            }
        });
    }

    private void count(Report report, String store, StoreCluster cluster, TimestampRange starts, long backupTimestamp) {
        TransactionTable table = cluster.transactionTable();
        for (TransactionTable.Part part : table.split(starts, work.parallelism())) {
            try (CloseableIterator<TransactionEntry> entries = table.scan(part)) {
                while (entries.hasNext()) {
                    TransactionEntry entry = entries.next();
                    long commit = commitTimestamp(entry.state());
                    if (commit > backupTimestamp) {
                        report.add(store, entry.startTimestamp(), commit);
                    }
                }
            }
        }
    }

    /** Returns the commit timestamp, -1 for one that is aborted. */
    private static long commitTimestamp(TransactionState state) {
        if (state instanceof TransactionState.Committed committed) {
            return committed.commitTimestamp();
        }
        return state instanceof TransactionState.Staging staging ? staging.commitTimestamp() : -1;
    }

    /** A commit above the timestamp. */
    public record Found(String store, long startTimestamp, long commitTimestamp) {}

    /** What was found: how many, and the first thousand of them. Thread-safe. */
    public static final class Report {
        private final List<Found> listed = new ArrayList<>();
        private long count;

        private synchronized void add(String store, long startTimestamp, long commitTimestamp) {
            count++;
            if (listed.size() < MAX_LISTED) {
                listed.add(new Found(store, startTimestamp, commitTimestamp));
            }
        }

        /** Returns how many there were. */
        public synchronized long count() {
            return count;
        }

        /** Returns the first of them. */
        public synchronized List<Found> listed() {
            return List.copyOf(listed);
        }
    }
}

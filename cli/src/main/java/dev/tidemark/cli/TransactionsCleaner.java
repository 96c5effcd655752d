package dev.tidemark.cli;
import dev.tidemark.cli.output.CliException;

import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.cluster.StoreCluster;
import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.transactiontable.TransactionEntry;
import dev.tidemark.kvs.transactiontable.TransactionState;
import dev.tidemark.kvs.transactiontable.TransactionTable;
import dev.tidemark.timestamp.NamespaceOracle;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

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
final class TransactionsCleaner {
    private static final int MAX_LISTED = 1000;
    private static final int MAX_PARTS = 16;
    private static final int MAX_ROUNDS = 5;
    private static final int MAX_PASSES = 10;

    private final NamespaceOracle oracle;
    private final Map<String, StoreConnector> stores;
    private final String fenceId;

    /** Creates a cleaner; the stores are reached only when they are needed. */
    TransactionsCleaner(NamespaceOracle oracle, Map<String, StoreConnector> stores, String fenceId) {
        this.oracle = oracle;
        this.stores = stores;
        this.fenceId = fenceId;
    }

    /** Finds what {@link #clean} would abort, and changes nothing. */
    Report count(long firstStart, long backupTimestamp) {
        Report report = new Report();
        scanAll(new Pass(report, false), firstStart, oracle.freshTimestamp(), backupTimestamp);
        return report;
    }

    /**
     * Aborts the commits above the backup timestamp whose start timestamp is at or above the first.
     *
     * @throws CliException {@link ErrorCode#NOT_ALLOWED_NOW} when garbage collection has passed the timestamp, or clients
     *     keep getting timestamps
     */
    Report clean(long firstStart, long backupTimestamp) {
        checkNotSwept(backupTimestamp);
        Report report = new Report();
        fenceAndLift();
        long first = firstStart;
        long last = oracle.freshTimestamp();
        for (int round = 0; round < MAX_ROUNDS; round++) {
            oracle.fence(fenceId);
            try {
                cleanUntilNone(report, first, last, backupTimestamp);
            } finally {
                oracle.unfence(fenceId);
            }
            long next = oracle.freshTimestamp();
            if (next == last + 1) {
                return report;
            }
            first = Math.max(firstStart, last);
            last = next;
        }
        throw new CliException(
                ErrorCode.NOT_ALLOWED_NOW,
                "clients of namespace '" + oracle.namespace() + "' keep getting timestamps",
                "Stop every client of the namespace and repeat the command.");
    }

    private void fenceAndLift() {
        oracle.fence(fenceId);
        oracle.unfence(fenceId);
    }

    private void cleanUntilNone(Report report, long first, long last, long backupTimestamp) {
        for (int i = 0; i < MAX_PASSES; i++) {
            if (scanAll(new Pass(report, true), first, last, backupTimestamp) == 0) {
                return;
            }
        }
        throw new CliException(
                ErrorCode.NOT_ALLOWED_NOW,
                "commits above " + backupTimestamp + " keep appearing in namespace '" + oracle.namespace() + "'",
                "Stop every client of the namespace and repeat the command.");
    }

    private void checkNotSwept(long backupTimestamp) {
        stores.forEach((name, connector) -> {
            try (StoreCluster cluster = connector.connect()) {
                long earliest = cluster.describe().earliestReadableTimestamp();
                if (earliest > backupTimestamp + 1) {
                    throw new CliException(
                            ErrorCode.NOT_ALLOWED_NOW,
                            "garbage collection of store '" + name + "' has passed timestamp " + backupTimestamp
                                    + " (expected: at least " + (earliest - 1) + ")",
                            "Choose a later timestamp, or restore a backup; nothing was changed.");
                }
            }
        });
    }

    private long scanAll(Pass pass, long first, long last, long backupTimestamp) {
        if (first > last) {
            return 0;
        }
        long found = 0;
        for (Map.Entry<String, StoreConnector> store : stores.entrySet()) {
            try (StoreCluster cluster = store.getValue().connect()) {
                TransactionTable table = cluster.transactionTable();
                for (TransactionTable.Part part : table.split(new TimestampRange(first, last), MAX_PARTS)) {
                    found += scanPart(pass, store.getKey(), table, part, backupTimestamp);
                }
            }
        }
        return found;
    }

    private static long scanPart(
            Pass pass, String store, TransactionTable table, TransactionTable.Part part, long backupTimestamp) {
        long found = 0;
        try (CloseableIterator<TransactionEntry> entries = table.scan(part)) {
            while (entries.hasNext()) {
                TransactionEntry entry = entries.next();
                OptionalLong commit = commitAbove(entry.state(), backupTimestamp);
                if (commit.isPresent()) {
                    found++;
                    if (!pass.isAborting() || table.abort(entry)) {
                        pass.report().add(new Found(store, entry.startTimestamp(), commit.getAsLong()));
                    }
                }
            }
        }
        return found;
    }

    private static OptionalLong commitAbove(TransactionState state, long backupTimestamp) {
        long commit = -1;
        if (state instanceof TransactionState.Committed committed) {
            commit = committed.commitTimestamp();
        }
        if (state instanceof TransactionState.Staging staging) {
            commit = staging.commitTimestamp();
        }
        return commit > backupTimestamp ? OptionalLong.of(commit) : OptionalLong.empty();
    }

    private record Pass(Report report, boolean isAborting) {}

    /** A commit above the timestamp. */
    record Found(String store, long startTimestamp, long commitTimestamp) {}

    /** What was found: how many, and the first thousand of them. Not thread-safe. */
    static final class Report {
        private final List<Found> listed = new ArrayList<>();
        private long count;

        private void add(Found found) {
            count++;
            if (listed.size() < MAX_LISTED) {
                listed.add(found);
            }
        }

        long count() {
            return count;
        }

        List<Found> listed() {
            return List.copyOf(listed);
        }
    }
}

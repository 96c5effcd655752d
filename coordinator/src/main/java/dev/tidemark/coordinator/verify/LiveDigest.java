package dev.tidemark.coordinator.verify;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.operation.ParallelWork;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.kvs.cluster.StoreCluster;
import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.cluster.StoreDescription;
import dev.tidemark.kvs.time.PeriodicTasks;
import dev.tidemark.kvs.transaction.LeaseToken;
import dev.tidemark.kvs.transaction.VisibleCells;
import dev.tidemark.timestamp.NamespaceOracle;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Takes the digest of a namespace from its live stores. A lease on the immutable timestamp keeps garbage collection away
 * meanwhile; afterwards the oracle confirms that the lease lived, and the stores that nothing was collected too far.
 * Transactions without an outcome count as not committed, and nothing is changed.
 */
public final class LiveDigest {
    private static final String STEP = "digest";

    private final NamespaceOracle oracle;
    private final EngineSeams seams;
    private final ParallelWork work;

    /** Creates the digest of one namespace. */
    public LiveDigest(NamespaceOracle oracle, EngineSeams seams, ParallelWork work) {
        this.oracle = oracle;
        this.seams = seams;
        this.work = work;
    }

    /**
     * Computes the digest.
     *
     * @param timestamp commits at or below it are visible
     * @throws CoordinatorException {@link ErrorCode#TIMESTAMP_OUT_OF_RANGE} when it is in the future or garbage collection has
     *     passed it, {@link ErrorCode#LEASE_LOST} when the lease was lost meanwhile
     */
    public StateDigest compute(Map<String, StoreConnector> stores, long timestamp, OperationListener listener) {
        LeaseToken token = new LeaseToken(
                new UUID(seams.random().nextLong(), seams.random().nextLong()));
        oracle.lockImmutableTimestamp(token);
        StateDigest digest;
        try {
            digest = computeUnderLease(token, stores, timestamp, listener);
        } catch (RuntimeException | Error e) {
            unlockAfter(token, e);
            throw e;
        }
        if (!oracle.unlock(Set.of(token)).contains(token)) {
            throw new CoordinatorException(
                    ErrorCode.LEASE_LOST,
                    "the lease was lost while the digest of timestamp " + timestamp + " was computed",
                    "Run the command again.");
        }
        return digest;
    }

    private StateDigest computeUnderLease(
            LeaseToken token, Map<String, StoreConnector> stores, long timestamp, OperationListener listener) {
        Duration interval = Duration.ofMillis(Math.max(1, oracle.leaseDurationMillis() / 4));
        try (PeriodicTasks.Registration refresher =
                seams.periodicTasks().every("digest-refresh", interval, () -> refreshInBackground(token))) {
            requireIssued(timestamp);
            DigestCalculator calculator = new DigestCalculator(work);
            stores.forEach((name, connector) -> add(calculator, name, connector, timestamp, listener));
            return calculator.digest(timestamp);
        }
    }

    private void refreshInBackground(LeaseToken token) {
        try {
            oracle.refresh(Set.of(token));
        } catch (TidemarkException e) {
            // One failed refresh is no proof of loss: the next one goes on, and the unlock at the end finds out.
            return;
        }
    }

    private void unlockAfter(LeaseToken token, Throwable failure) {
        try {
            oracle.unlock(Set.of(token));
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    private void requireIssued(long timestamp) {
        long fresh = oracle.freshTimestamp();
        if (timestamp < 1 || timestamp >= fresh) {
            throw new CoordinatorException(
                    ErrorCode.TIMESTAMP_OUT_OF_RANGE,
                    "timestamp " + timestamp + " was not issued yet (expected: 1.." + (fresh - 1) + ")",
                    "Use a timestamp of the past, for example that of a backup.");
        }
    }

    private void add(
            DigestCalculator calculator,
            String name,
            StoreConnector connector,
            long timestamp,
            OperationListener listener) {
        try (StoreCluster cluster = connector.connect()) {
            StoreDescription description = cluster.describe();
            requireReadable(name, description, timestamp);
            VisibleCells visible = VisibleCells.at(timestamp, cluster.cells(), cluster.transactionTable());
            calculator.add(visible, description.tables(), cells -> listener.progress(STEP, STEP, 0, 0, cells));
            requireReadable(name, cluster.describe(), timestamp);
        }
    }

    private static void requireReadable(String name, StoreDescription description, long timestamp) {
        description.whyUnreadable(name, timestamp).ifPresent(reason -> {
            throw new CoordinatorException(
                    ErrorCode.TIMESTAMP_OUT_OF_RANGE, reason, "Use a timestamp at or above the earliest readable one.");
        });
    }
}

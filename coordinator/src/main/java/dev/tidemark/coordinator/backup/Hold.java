package dev.tidemark.coordinator.backup;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.kvs.time.PeriodicTasks;
import dev.tidemark.kvs.transaction.ImmutableTimestampLease;
import dev.tidemark.kvs.transaction.LeaseToken;
import dev.tidemark.timestamp.NamespaceOracle;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A lease on the immutable timestamp that a backup refreshes in the background until its last snapshot is taken. Losing it
 * is noticed at the next refresh and at the latest at the release, which asks the oracle whether the lease has lived
 * without a gap. Thread-safe.
 */
final class Hold implements AutoCloseable {
    private static final int REFRESHES_PER_LEASE = 4;

    private final NamespaceOracle oracle;
    private final LeaseToken token;
    private final long immutableTimestamp;
    private final EngineSeams seams;
    private final Duration limit;
    private final long heldFromNanos;
    private final PeriodicTasks.Registration refresher;
    private final AtomicLong refreshes = new AtomicLong();
    private volatile boolean isLost;

    private Hold(
            NamespaceOracle oracle,
            ImmutableTimestampLease lease,
            EngineSeams seams,
            Duration limit,
            long heldFromNanos) {
        this.oracle = oracle;
        this.token = lease.token();
        this.immutableTimestamp = lease.immutableTimestamp();
        this.seams = seams;
        this.limit = limit;
        this.heldFromNanos = heldFromNanos;
        Duration interval =
                Duration.ofNanos(Duration.ofMillis(oracle.leaseDurationMillis()).toNanos() / REFRESHES_PER_LEASE);
        this.refresher = seams.periodicTasks().every("hold-refresh", interval, this::refreshInBackground);
    }

    /**
     * Takes the hold.
     *
     * @param limit longest time that it may be held
     */
    static Hold take(NamespaceOracle oracle, LeaseToken token, EngineSeams seams, Duration limit) {
        long from = seams.monotonicClock().nanoTime();
        return new Hold(oracle, oracle.lockImmutableTimestamp(token), seams, limit, from);
    }

    /**
     * Goes on with a hold that an earlier process took, if the oracle says that it never ended.
     *
     * @param immutableTimestamp what the lease held when it was granted
     */
    static Optional<Hold> goOn(
            NamespaceOracle oracle, LeaseToken token, long immutableTimestamp, EngineSeams seams, Duration limit) {
        long from = seams.monotonicClock().nanoTime();
        if (!oracle.refresh(Set.of(token)).contains(token)) {
            return Optional.empty();
        }
        ImmutableTimestampLease lease = new ImmutableTimestampLease(token, immutableTimestamp);
        return Optional.of(new Hold(oracle, lease, seams, limit, from));
    }

    long immutableTimestamp() {
        return immutableTimestamp;
    }

    long refreshes() {
        return refreshes.get();
    }

    Duration age() {
        return Duration.ofNanos(seams.monotonicClock().nanoTime() - heldFromNanos);
    }

    /**
     * Fails early when the hold is known to be lost or has lasted too long.
     *
     * @throws CoordinatorException {@link ErrorCode#LEASE_LOST}
     */
    void ensureAlive() {
        if (isLost) {
            throw lost();
        }
        if (age().compareTo(limit) > 0) {
            throw new CoordinatorException(
                    ErrorCode.LEASE_LOST,
                    "the immutable timestamp was held for more than " + limit.toSeconds() + " s",
                    "Find out which node's snapshot is slow, or raise operations.holdLimit.");
        }
    }

    /**
     * Ends the hold and proves that it was never lost.
     *
     * @throws CoordinatorException {@link ErrorCode#LEASE_LOST} when the oracle does not confirm that it lived until now
     */
    void release() {
        refresher.close();
        boolean livedUntilNow = oracle.unlock(Set.of(token)).contains(token);
        if (!livedUntilNow || isLost) {
            throw lost();
        }
    }

    /** Stops refreshing; the lease runs out by itself, or another process refreshes it. */
    void leave() {
        refresher.close();
    }

    /** Ends the hold, if it is still there, without asking anything. */
    @Override
    public void close() {
        refresher.close();
        try {
            oracle.unlock(Set.of(token));
        } catch (TidemarkException e) {
            // The oracle does not answer; the lease runs out by itself within its duration.
            return;
        }
    }

    private void refreshInBackground() {
        try {
            if (oracle.refresh(Set.of(token)).contains(token)) {
                refreshes.incrementAndGet();
            } else {
                isLost = true;
            }
        } catch (TidemarkException e) {
            // One failed refresh is no proof of loss: the next one, or the release, finds out.
            return;
        }
    }

    private CoordinatorException lost() {
        return new CoordinatorException(
                ErrorCode.LEASE_LOST,
                "the lease on immutable timestamp " + immutableTimestamp + " was lost after " + age().toMillis()
                        + " ms",
                "Run the backup again; look for restarts of the oracle and long pauses of this process.");
    }
}

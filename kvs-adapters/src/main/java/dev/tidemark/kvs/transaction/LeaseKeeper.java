package dev.tidemark.kvs.transaction;

import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.kvs.time.PeriodicTasks;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes, refreshes and ends the leases of the open transactions of one client. Thread-safe. */
final class LeaseKeeper implements AutoCloseable {
    /** A lease lives through two refreshes that fail. */
    private static final int REFRESHES_PER_LEASE = 3;

    private static final Logger log = LoggerFactory.getLogger(LeaseKeeper.class);

    private final TransactionOracle oracle;
    private final Supplier<UUID> tokens;
    private final MonotonicClock clock;
    private final TransactionOptions options;
    private final long leaseNanos;
    private final PeriodicTasks.Registration refresher;

    private final Map<LeaseToken, HeldLease> held = new ConcurrentHashMap<>();
    /** Leases that are held or being taken; at most {@link TransactionOptions#maxOpen}. */
    private final AtomicInteger open = new AtomicInteger();

    LeaseKeeper(TransactionOracle oracle, TransactionSeams seams, TransactionOptions options) {
        this.oracle = oracle;
        this.tokens = seams.tokens();
        this.clock = seams.clock();
        this.options = options;
        long leaseMillis = oracle.leaseDurationMillis();
        this.leaseNanos = Duration.ofMillis(leaseMillis).toNanos();
        Duration interval = Duration.ofMillis(Math.max(1, leaseMillis / REFRESHES_PER_LEASE));
        this.refresher = seams.tasks().every("transaction-lease-refresh", interval, this::refreshAll);
    }

    /** Takes a lease and keeps it alive until it is released or forgotten. */
    HeldLease take() {
        if (open.incrementAndGet() > options.maxOpen()) {
            open.decrementAndGet();
            throw TransactionErrors.tooManyOpen(options.maxOpen());
        }
        try {
            long takenAt = clock.nanoTime();
            ImmutableTimestampLease lease = oracle.lockImmutableTimestamp(new LeaseToken(tokens.get()));
            HeldLease result = new HeldLease(lease, takenAt);
            held.put(lease.token(), result);
            return result;
        } catch (Throwable e) {
            open.decrementAndGet();
            throw e;
        }
    }

    /**
     * Asks the oracle whether the lease is alive, and prolongs it.
     *
     * @return until when, on the clock, an answer of yes is good; a time that is past when the answer is no
     */
    Liveness check(HeldLease lease) {
        long askedAt = clock.nanoTime();
        boolean isAlive = oracle.refresh(Set.of(lease.token())).contains(lease.token());
        return new Liveness(isAlive, askedAt);
    }

    /** Ends the lease and tells whether it was alive, without a gap, until then. */
    boolean release(HeldLease lease) {
        forget(lease);
        return oracle.unlock(Set.of(lease.token())).contains(lease.token());
    }

    /** Ends the lease, or else leaves it to run out. */
    void releaseQuietly(HeldLease lease) {
        try {
            release(lease);
        } catch (RuntimeException e) {
            log.debug("lease '{}' was not unlocked and runs out by itself", lease.token(), e);
        }
    }

    /** Does not refresh the lease any more. */
    void forget(HeldLease lease) {
        if (held.remove(lease.token()) != null) {
            open.decrementAndGet();
        }
    }

    private void refreshAll() {
        Map<LeaseToken, HeldLease> asked = new HashMap<>(held);
        asked.values().removeIf(lease -> lease.isLost() || giveUp(lease));
        if (asked.isEmpty()) {
            return;
        }
        try {
            Set<LeaseToken> alive = oracle.refresh(Set.copyOf(asked.keySet()));
            asked.forEach((token, lease) -> {
                if (!alive.contains(token)) {
                    lease.markLost();
                }
            });
        } catch (RuntimeException e) {
            log.warn("{} leases were not refreshed; they are lost unless a later try succeeds", asked.size(), e);
        }
    }

    private boolean giveUp(HeldLease lease) {
        boolean isTooOld =
                clock.nanoTime() - lease.takenAtNanos > options.maxDuration().toNanos();
        if (isTooOld) {
            log.warn(
                    "a transaction has been open for more than {}; its lease '{}' is given up",
                    options.maxDuration(),
                    lease.token());
            lease.markLost();
        }
        return isTooOld;
    }

    /** Ends every lease that is left. */
    @Override
    public void close() {
        refresher.close();
        held.values().forEach(lease -> {
            lease.markLost();
            releaseQuietly(lease);
        });
    }

    /** A lease that is refreshed in the background. */
    static final class HeldLease {
        private final ImmutableTimestampLease lease;
        private final long takenAtNanos;
        private volatile boolean isLost;

        private HeldLease(ImmutableTimestampLease lease, long takenAtNanos) {
            this.lease = lease;
            this.takenAtNanos = takenAtNanos;
        }

        LeaseToken token() {
            return lease.token();
        }

        long immutableTimestamp() {
            return lease.immutableTimestamp();
        }

        /** Tells whether the lease is known to be lost; no is not a proof that it is alive. */
        boolean isLost() {
            return isLost;
        }

        void markLost() {
            isLost = true;
        }
    }

    /** What the oracle said of a lease, good for the duration of a lease from when it was asked. */
    final class Liveness {
        private final boolean isAlive;
        private final long askedAtNanos;

        private Liveness(boolean isAlive, long askedAtNanos) {
            this.isAlive = isAlive;
            this.askedAtNanos = askedAtNanos;
        }

        boolean isAliveNow() {
            return isAlive && clock.nanoTime() - askedAtNanos < leaseNanos;
        }
    }
}

package dev.tidemark.timestamp.oracle;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.kvs.transaction.ImmutableTimestampLease;
import dev.tidemark.kvs.transaction.LeaseToken;
import dev.tidemark.timestamp.IssuedPoint;
import dev.tidemark.timestamp.NamespaceOracle;
import dev.tidemark.timestamp.OracleLimits;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.bound.BoundState;
import dev.tidemark.timestamp.bound.BoundStore;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The oracle of one namespace, in this process.
 *
 * <p>Timestamps survive a restart by the bound; leases don't, as in TimeLock: after a restart every lease has ended, which
 * its holder learns from its next refresh, unlock or commit timestamp.
 *
 * <p>Why the immutable timestamp never goes back: a lease's own timestamp is issued and registered in one step under the
 * monitor, so no immutable timestamp that was computed before can be greater than it. The bound is never persisted under
 * the monitor: if the window is used up, the monitor is left, the bound persisted, and the step tried again.
 */
public final class TimestampOracle implements NamespaceOracle {
    /** What {@link #freshTimestampsAtOnce} returns instead of waiting. */
    public static final long NOT_AT_ONCE = TimestampAllocator.NONE;

    private static final Logger LOG = LoggerFactory.getLogger(TimestampOracle.class);
    private static final int MAX_ATTEMPTS = 1000;

    private final String namespace;
    private final OracleSettings settings;
    private final BoundStore store;
    private final TimestampAllocator allocator;
    private final Authority authority;

    /** Null where no time index is kept. */
    private volatile TimeIndexRecorder recorder;

    /** Guarded by itself, as is everything that must be one step with a change of leases. */
    private final ImmutableTimestampLeases leases;

    TimestampOracle(
            String namespace,
            BoundStore store,
            OracleSettings settings,
            MonotonicClock clock,
            Authority authority,
            BoundState state) {
        this.namespace = namespace;
        this.settings = settings;
        this.store = store;
        this.authority = authority;
        this.allocator = new TimestampAllocator(namespace, store, settings.ceiling(), authority, state);
        this.leases = new ImmutableTimestampLeases(namespace, clock, settings.leaseDuration());
    }

    @Override
    public String namespace() {
        return namespace;
    }

    @Override
    public long freshTimestamp() {
        return allocate(1);
    }

    @Override
    public TimestampRange freshTimestamps(int count) {
        int granted = OracleLimits.checkCount(count);
        long first = allocate(granted);
        return new TimestampRange(first, first + granted - 1);
    }

    /**
     * Issues several timestamps as {@link #freshTimestamps} does, if nothing has to be waited for: for threads that must not wait.
     *
     * @param count how many are wanted, 1 to {@value OracleLimits#MAX_TIMESTAMPS_PER_REQUEST}
     * @return the first of them, or {@link #NOT_AT_ONCE} when a bound must be persisted or the authority confirmed first
     */
    public long freshTimestampsAtOnce(int count) {
        if (authority.isWaiting()) {
            return NOT_AT_ONCE;
        }
        checkServing();
        long first = allocator.tryAllocate(OracleLimits.checkCount(count));
        return first == NOT_AT_ONCE ? NOT_AT_ONCE : checked(first);
    }

    @Override
    public ImmutableTimestampLease lockImmutableTimestamp(LeaseToken token) {
        ImmutableTimestampLease lease = lock(Objects.requireNonNull(token, "token"));
        authority.check();
        return lease;
    }

    private ImmutableTimestampLease lock(LeaseToken token) {
        for (int i = 0; i < MAX_ATTEMPTS; i++) {
            synchronized (leases) {
                checkServing();
                if (leases.isAlive(token)) {
                    leases.refresh(Set.of(token));
                    return new ImmutableTimestampLease(
                            token, leases.leastTimestamp().getAsLong());
                }
                leases.checkRoom();
                long timestamp = allocator.tryAllocate(1);
                if (timestamp != TimestampAllocator.NONE) {
                    leases.grant(token, timestamp);
                    return new ImmutableTimestampLease(
                            token, leases.leastTimestamp().getAsLong());
                }
            }
            allocator.extend(1);
        }
        throw allocator.overloaded();
    }

    @Override
    public long commitTimestamp(LeaseToken token) {
        long timestamp = allocateFor(Objects.requireNonNull(token, "token"));
        authority.check();
        return timestamp;
    }

    private long allocateFor(LeaseToken token) {
        for (int i = 0; i < MAX_ATTEMPTS; i++) {
            synchronized (leases) {
                checkServing();
                if (!leases.isAlive(token)) {
                    throw leaseLost(token);
                }
                long timestamp = allocator.tryAllocate(1);
                if (timestamp != TimestampAllocator.NONE) {
                    leases.commitsAt(token, timestamp);
                    return timestamp;
                }
            }
            allocator.extend(1);
        }
        throw allocator.overloaded();
    }

    /**
     * Issues several timestamps at once, contiguous, to transactions that commit with them and don't name their leases. Until every
     * lease has ended that was older than such a timestamp, {@link #isSettled} does not call it settled.
     *
     * @param count how many are wanted, &gt;= 1; at most 10,000 are given
     */
    public TimestampRange commitTimestamps(int count) {
        int granted = OracleLimits.checkCount(count);
        long first = allocateForCommit(granted);
        authority.check();
        return new TimestampRange(first, first + granted - 1);
    }

    private long allocateForCommit(int count) {
        for (int i = 0; i < MAX_ATTEMPTS; i++) {
            synchronized (leases) {
                checkServing();
                long first = allocator.tryAllocate(count);
                if (first != TimestampAllocator.NONE) {
                    leases.commitsAt(first);
                    return first;
                }
            }
            allocator.extend(count);
        }
        throw allocator.overloaded();
    }

    /**
     * Returns the generation of the leases that can be alive.
     *
     * @throws TimestampException when the namespace is fenced, or timestamps would be refused for another reason
     */
    public LeaseGeneration leaseGeneration() {
        int fences;
        synchronized (leases) {
            checkServing();
            fences = leases.generation();
        }
        authority.check();
        return new LeaseGeneration(namespace, authority.epoch(), fences);
    }

    @Override
    public Set<LeaseToken> refresh(Set<LeaseToken> tokens) {
        Set<LeaseToken> refreshed;
        synchronized (leases) {
            checkServing();
            refreshed = leases.refresh(tokens);
        }
        authority.check();
        return refreshed;
    }

    @Override
    public Set<LeaseToken> unlock(Set<LeaseToken> tokens) {
        Set<LeaseToken> unlocked;
        synchronized (leases) {
            checkServing();
            unlocked = leases.unlock(tokens);
        }
        authority.check();
        return unlocked;
    }

    /**
     * Ends leases as {@link #unlock(Set)} does, for a caller that sends a request again when it got no answer.
     *
     * @param unlockId names the request: the same id with the same tokens, not longer than one lease duration after its first
     *     answer, is answered alike. Two requests never have the same id
     * @return those of the tokens whose leases were alive, without a gap since they were granted, until the first request with
     *     this id
     */
    public Set<LeaseToken> unlock(UUID unlockId, Set<LeaseToken> tokens) {
        Objects.requireNonNull(unlockId, "unlockId");
        Set<LeaseToken> unlocked;
        synchronized (leases) {
            checkServing();
            unlocked = leases.unlock(unlockId, tokens);
        }
        authority.check();
        return unlocked;
    }

    @Override
    public long immutableTimestamp() {
        long timestamp = leastTimestamp();
        authority.check();
        return timestamp;
    }

    private long leastTimestamp() {
        for (int i = 0; i < MAX_ATTEMPTS; i++) {
            synchronized (leases) {
                checkServing();
                OptionalLong least = leases.leastTimestamp();
                long timestamp = least.isPresent() ? least.getAsLong() : allocator.tryAllocate(1);
                if (timestamp != TimestampAllocator.NONE) {
                    return timestamp;
                }
            }
            allocator.extend(1);
        }
        throw allocator.overloaded();
    }

    /**
     * {@inheritDoc}
     *
     * <p>A timestamp that was not issued yet is not settled. Leases that ended by a restart or a fence have ended.
     */
    @Override
    public boolean isSettled(long commitTimestamp) {
        boolean isSettled;
        synchronized (leases) {
            checkServing();
            isSettled = commitTimestamp <= allocator.last() && leases.isSettled(commitTimestamp);
        }
        authority.check();
        return isSettled;
    }

    @Override
    public long leaseDurationMillis() {
        return settings.leaseDuration().toMillis();
    }

    @Override
    public void fastForward(long timestamp) {
        allocator.fastForward(timestamp);
        authority.check();
    }

    @Override
    public long fence(String fenceId) {
        OracleLimits.checkFenceId(fenceId);
        allocator.change(state -> {
            checkNotFencedByOther(state, fenceId);
            return state.withFenceId(fenceId);
        });
        // From here on every request is refused; a lease that was granted before is ended, also when the fence was up
        // already but its first request died before this line.
        synchronized (leases) {
            int ended = leases.endAll();
            LOG.info("namespace '{}' fenced by '{}'; {} leases ended", namespace, fenceId, ended);
        }
        authority.check();
        return allocator.last();
    }

    @Override
    public void unfence(String fenceId) {
        allocator.change(state -> {
            checkNotFencedByOther(state, fenceId);
            return state.withFenceId("");
        });
        authority.check();
        LOG.info("namespace '{}' not fenced by '{}' any more", namespace, fenceId);
    }

    @Override
    public Optional<String> currentFence() {
        allocator.checkIssuing();
        Optional<String> fence = allocator.state().fence();
        authority.check();
        return fence;
    }

    /**
     * {@inheritDoc}
     *
     * <p>Also answered when the oracle has stopped issuing for good, until it is closed.
     */
    @Override
    public List<IssuedPoint> timeIndex(long afterTimestamp, int maxPoints) {
        return store.points(namespace, afterTimestamp, OracleLimits.checkPoints(maxPoints));
    }

    /** Returns a recorder of this oracle's points. */
    TimeIndexRecorder timeIndexRecorder(InstantSource clock) {
        TimeIndexRecorder created = new TimeIndexRecorder(namespace, store, allocator, clock);
        recorder = created;
        return created;
    }

    /** Returns the newest point of the time index, if one was written or read since the start. */
    Optional<IssuedPoint> lastPoint() {
        TimeIndexRecorder present = recorder;
        return present == null ? Optional.empty() : present.last();
    }

    /** Looks at the oracle; see {@link OracleHost#views}. */
    NamespaceView view(int maxLeases) {
        synchronized (leases) {
            BoundState state = allocator.state();
            return new NamespaceView(
                    namespace,
                    allocator.last(),
                    state.bound(),
                    allocator.issued(),
                    state.fenceId(),
                    leases.count(),
                    leases.oldest(maxLeases),
                    allocator.failure());
        }
    }

    /**
     * Throws when this process may not answer for the namespace; for answers that need no timestamp.
     *
     * @throws TimestampException as {@link Authority#check}, or because the oracle has stopped
     */
    public void checkLeading() {
        allocator.checkIssuing();
        authority.check();
    }

    /** Throws the reason when the oracle has stopped issuing for good; for health checks. */
    public void checkHealth() {
        allocator.checkIssuing();
    }

    /** Stops issuing for good. */
    void stop(TimestampException reason) {
        allocator.stop(reason);
    }

    private long allocate(int count) {
        checkServing();
        return checked(allocator.allocate(count));
    }

    /** Returns timestamps that were allocated, if they may still be given to anybody. */
    private long checked(long first) {
        // A fence that came up in between may belong to a restore that rewinds what this timestamp would be used for.
        checkServing();
        authority.check();
        return first;
    }

    private void checkServing() {
        allocator.checkIssuing();
        String fenceId = allocator.state().fenceId();
        if (!fenceId.isEmpty()) {
            throw new TimestampException(
                    ErrorCode.NAMESPACE_FENCED,
                    "namespace '" + namespace + "' is fenced by restore '" + fenceId + "'",
                    "Wait until the restore is complete, or resume or cancel it; a fence 'clean-N' ends when 'tidemark timestamp "
                            + "clean-transactions' is repeated for timestamp N.");
        }
    }

    private void checkNotFencedByOther(BoundState state, String fenceId) {
        if (!state.fenceId().isEmpty() && !state.fenceId().equals(fenceId)) {
            throw new TimestampException(
                    ErrorCode.FENCE_CONFLICT,
                    "namespace '" + namespace + "' is fenced by '" + state.fenceId() + "' (expected: no fence or '"
                            + fenceId + "')",
                    "Resume or cancel the restore that set up the fence first.");
        }
    }

    private TimestampException leaseLost(LeaseToken token) {
        return new TimestampException(
                ErrorCode.LEASE_LOST,
                "lease '" + token + "' on the immutable timestamp of namespace '" + namespace + "' is not alive",
                "Start the transaction again; if this goes on, refresh leases more often than every "
                        + leaseDurationMillis() + " ms.");
    }
}

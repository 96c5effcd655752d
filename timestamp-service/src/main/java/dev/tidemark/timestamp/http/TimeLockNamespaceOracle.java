package dev.tidemark.timestamp.http;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.transaction.ImmutableTimestampLease;
import dev.tidemark.kvs.transaction.LeaseToken;
import dev.tidemark.timestamp.IssuedPoint;
import dev.tidemark.timestamp.NamespaceOracle;
import dev.tidemark.timestamp.OracleLimits;
import dev.tidemark.timestamp.TimestampException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * A namespace of a TimeLock, with what it lacks made up for as far as that is safe:
 *
 * <ul>
 *   <li>a commit timestamp is a fresh timestamp after the lease was found alive by a refresh; TimeLock does not remember it
 *   <li>a timestamp is settled only once the immutable timestamp is above it: then every lease that was taken before it has
 *       ended. Under the caller's own lease this is never so; wait for it only for a bounded time
 *   <li>a fence is TimeLock's "disable", which exists in some old versions only; elsewhere a fence is refused
 * </ul>
 */
final class TimeLockNamespaceOracle implements NamespaceOracle {
    /** TimeLock ends a lease after 20 s and tells its own clients 8 s. */
    private static final long LEASE_DURATION_MILLIS = 8_000;

    private final OraclePaths paths;

    TimeLockNamespaceOracle(OraclePaths paths) {
        this.paths = paths;
    }

    @Override
    public String namespace() {
        return paths.namespace();
    }

    @Override
    public long freshTimestamp() {
        return paths.freshTimestamp();
    }

    @Override
    public TimestampRange freshTimestamps(int count) {
        return paths.freshTimestamps(count);
    }

    @Override
    public CompletableFuture<Long> freshTimestampAsync() {
        return paths.freshTimestampAsync();
    }

    @Override
    public CompletableFuture<TimestampRange> freshTimestampsAsync(int count) {
        return paths.freshTimestampsAsync(count);
    }

    @Override
    public ImmutableTimestampLease lockImmutableTimestamp(LeaseToken token) {
        return paths.lockImmutableTimestamp(token);
    }

    @Override
    public long commitTimestamp(LeaseToken token) {
        if (paths.refresh(Set.of(token)).isEmpty()) {
            throw new TimestampException(
                    ErrorCode.LEASE_LOST,
                    "lease '" + token + "' on the immutable timestamp of namespace '" + namespace() + "' is not alive",
                    "Start the transaction again; if this goes on, refresh leases more often.");
        }
        return freshTimestamp();
    }

    @Override
    public Set<LeaseToken> refresh(Set<LeaseToken> tokens) {
        return paths.refresh(tokens);
    }

    @Override
    public Set<LeaseToken> unlock(Set<LeaseToken> tokens) {
        return paths.unlock(tokens);
    }

    @Override
    public long immutableTimestamp() {
        return paths.immutableTimestamp();
    }

    @Override
    public boolean isSettled(long commitTimestamp) {
        return paths.immutableTimestamp() > commitTimestamp;
    }

    @Override
    public long leaseDurationMillis() {
        return LEASE_DURATION_MILLIS;
    }

    @Override
    public void fastForward(long timestamp) {
        paths.fastForward(timestamp);
    }

    @Override
    public long fence(String fenceId) {
        long last = lastUnlessFenced();
        Answer answer = changeFence("disable", fenceId);
        if (answer.isUnknownPath()) {
            throw new TimestampException(
                    ErrorCode.NOT_ALLOWED_NOW,
                    "cannot fence namespace '" + namespace() + "': this TimeLock can't disable a namespace",
                    "Stop every client of the namespace, keep them stopped until the restore is complete, and restore"
                            + " without a fence.");
        }
        requireSuccess(answer, fenceId);
        return last;
    }

    /** What is issued between this and the fence is not known: stop the clients before a restore or a rewind. */
    private long lastUnlessFenced() {
        try {
            return freshTimestamp();
        } catch (TimestampException e) {
            if (e.code() != ErrorCode.NAMESPACE_FENCED) {
                throw e;
            }
            return 0;
        }
    }

    @Override
    public void unfence(String fenceId) {
        Answer answer = changeFence("reenable", fenceId);
        if (!answer.isUnknownPath()) {
            requireSuccess(answer, fenceId);
        }
    }

    /** Returns nothing: TimeLock can't be asked. */
    @Override
    public Optional<String> currentFence() {
        return Optional.empty();
    }

    /** Returns nothing: TimeLock keeps no time index. */
    @Override
    public List<IssuedPoint> timeIndex(long afterTimestamp, int maxPoints) {
        OracleLimits.checkPoints(maxPoints);
        return List.of();
    }

    private Answer changeFence(String verb, String fenceId) {
        OracleLimits.checkFenceId(fenceId);
        return paths.transport()
                .post(
                        "/tl/management/" + verb,
                        "{\"namespaces\":[\"" + namespace() + "\"],\"lockId\":\"" + fenceId + "\"}");
    }

    private void requireSuccess(Answer answer, String fenceId) {
        if (!answer.json().path("type").asText().equals("successful")) {
            throw new TimestampException(
                    ErrorCode.FENCE_CONFLICT,
                    "namespace '" + namespace() + "' is disabled with another id than '" + fenceId
                            + "', or not on all nodes of TimeLock",
                    "Reenable the namespace with the id that disabled it first.");
        }
    }
}

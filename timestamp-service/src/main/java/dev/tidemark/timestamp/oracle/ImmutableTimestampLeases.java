package dev.tidemark.timestamp.oracle;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.kvs.transaction.LeaseToken;
import dev.tidemark.timestamp.TimestampException;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The leases on the immutable timestamp of one namespace. Each holds a timestamp of its own; the immutable timestamp is the
 * least of those that are alive.
 *
 * <p>A lease is alive while less than the lease duration has passed on the monotonic clock since it was granted or last
 * refreshed. Nothing runs when it ends: every method first removes the leases whose time has come, so that each answer is
 * exact at the moment at which it is given. As all leases last equally long, the order of their last refresh is the order
 * in which they end, and removing them costs nothing for those that are alive.
 *
 * <p>An unlock whose answer was lost is sent again. The answers to unlocks that have a name are kept for one lease duration,
 * and repeated under that name only: somebody else's unlock of the same lease does end it, and is no proof that it lived.
 *
 * <p>Not thread-safe: {@link TimestampOracle} guards it by its monitor, which also makes a fresh timestamp and the lease
 * that holds it one step.
 */
final class ImmutableTimestampLeases {
    /** How many leases one namespace can have at a time. */
    static final int MAX_LEASES = 1_000_000;

    /** How many tokens the unlocks have whose answers are kept; the oldest are forgotten first, and their leases count as lost. */
    static final int MAX_KEPT_TOKENS = 100_000;

    private final String namespace;
    private final MonotonicClock clock;
    private final long durationNanos;

    /** In the order in which they end. */
    private final LinkedHashMap<LeaseToken, Lease> leases = new LinkedHashMap<>();

    /** In the order in which they were answered. */
    private final LinkedHashMap<UUID, Unlock> unlocks = new LinkedHashMap<>();

    private int keptTokens;

    /** The first commit timestamp that was fetched by somebody who did not name a lease. */
    private long firstUnnamedCommit = Long.MAX_VALUE;

    /** How often all leases were ended at once. */
    private int generation;

    /** By the timestamps that they hold. */
    private final TreeMap<Long, Lease> byTimestamp = new TreeMap<>();

    /** Those whose holder has fetched a commit timestamp, by the first one; a request sent twice has fetched two. */
    private final TreeMap<Long, Lease> byCommitTimestamp = new TreeMap<>();

    ImmutableTimestampLeases(String namespace, MonotonicClock clock, Duration duration) {
        this.namespace = namespace;
        this.clock = clock;
        this.durationNanos = duration.toNanos();
    }

    /** Tells whether the lease is alive. */
    boolean isAlive(LeaseToken token) {
        removeEnded();
        return leases.containsKey(token);
    }

    /** Grants a lease that is not alive; it holds a timestamp that was just issued. */
    void grant(LeaseToken token, long timestamp) {
        Lease lease = new Lease(token, timestamp, clock.nanoTime());
        leases.put(token, lease);
        byTimestamp.put(timestamp, lease);
    }

    /** Throws when there are too many leases to grant another one. */
    void checkRoom() {
        removeEnded();
        if (leases.size() >= MAX_LEASES) {
            throw new TimestampException(
                    ErrorCode.ORACLE_UNAVAILABLE,
                    "namespace '" + namespace + "' has " + MAX_LEASES
                            + " leases on its immutable timestamp, which is the limit",
                    "Find the client that takes leases and does not unlock them.");
        }
    }

    /** Prolongs leases; returns those that were alive. */
    Set<LeaseToken> refresh(Set<LeaseToken> tokens) {
        removeEnded();
        Set<LeaseToken> refreshed = new LinkedHashSet<>();
        long now = clock.nanoTime();
        for (LeaseToken token : tokens) {
            Lease lease = leases.remove(token);
            if (lease != null) {
                lease.refreshedAtNanos = now;
                leases.put(token, lease);
                refreshed.add(token);
            }
        }
        return refreshed;
    }

    /** Ends leases; returns those that were alive until now. */
    Set<LeaseToken> unlock(Set<LeaseToken> tokens) {
        removeEnded();
        Set<LeaseToken> unlocked = new LinkedHashSet<>();
        for (LeaseToken token : tokens) {
            Lease lease = leases.remove(token);
            if (lease != null) {
                forget(lease);
                unlocked.add(token);
            }
        }
        return unlocked;
    }

    /** Ends leases as {@link #unlock(Set)} does; the same request again gets the same answer, if that is still kept. */
    Set<LeaseToken> unlock(UUID unlockId, Set<LeaseToken> tokens) {
        forgetOldUnlocks();
        Unlock known = unlocks.get(unlockId);
        if (known != null && known.tokens.equals(tokens)) {
            return known.unlocked;
        }
        Unlock unlock = new Unlock(clock.nanoTime(), Set.copyOf(tokens), unlock(tokens));
        if (known != null) {
            unlocks.remove(unlockId);
            keptTokens -= known.tokens.size();
        }
        unlocks.put(unlockId, unlock);
        keptTokens += tokens.size();
        forgetOldUnlocks();
        return unlock.unlocked;
    }

    /** Returns the least timestamp that a lease holds; empty when none is alive. */
    OptionalLong leastTimestamp() {
        removeEnded();
        return byTimestamp.isEmpty() ? OptionalLong.empty() : OptionalLong.of(byTimestamp.firstKey());
    }

    /** Returns how many are alive. */
    int count() {
        removeEnded();
        return leases.size();
    }

    /** Returns those that are alive and hold the least timestamps, so many at most, in the order in which they were granted. */
    List<LeaseView> oldest(int max) {
        removeEnded();
        long now = clock.nanoTime();
        return byTimestamp.values().stream()
                .limit(max)
                .map(lease -> new LeaseView(lease.token, lease.timestamp, Duration.ofNanos(now - lease.grantedAtNanos)))
                .toList();
    }

    /** Remembers that the holder of a lease that is alive may commit with this timestamp. */
    void commitsAt(LeaseToken token, long commitTimestamp) {
        Lease lease = leases.get(token);
        if (lease.commitTimestamp == Lease.NONE) {
            lease.commitTimestamp = commitTimestamp;
            byCommitTimestamp.put(commitTimestamp, lease);
        }
    }

    /** Remembers that somebody, perhaps the holder of any lease that is alive, may commit with this timestamp. */
    void commitsAt(long commitTimestamp) {
        firstUnnamedCommit = Math.min(firstUnnamedCommit, commitTimestamp);
    }

    /** Tells whether no lease is alive whose holder has, or may have, fetched a commit timestamp at or below the given one. */
    boolean isSettled(long commitTimestamp) {
        removeEnded();
        if (firstUnnamedCommit <= commitTimestamp
                && !byTimestamp.isEmpty()
                && byTimestamp.firstKey() < commitTimestamp) {
            return false;
        }
        return byCommitTimestamp.isEmpty() || byCommitTimestamp.firstKey() > commitTimestamp;
    }

    /** Ends all leases; returns how many. */
    int endAll() {
        removeEnded();
        int count = leases.size();
        leases.clear();
        byTimestamp.clear();
        byCommitTimestamp.clear();
        unlocks.clear();
        keptTokens = 0;
        generation++;
        return count;
    }

    /** Returns how often all leases were ended at once: who holds a lease of another generation has lost it. */
    int generation() {
        return generation;
    }

    private void removeEnded() {
        long now = clock.nanoTime();
        Iterator<Lease> inOrderOfEnd = leases.values().iterator();
        while (inOrderOfEnd.hasNext()) {
            Lease lease = inOrderOfEnd.next();
            if (now - lease.refreshedAtNanos < durationNanos) {
                return;
            }
            inOrderOfEnd.remove();
            forget(lease);
        }
    }

    private void forgetOldUnlocks() {
        long now = clock.nanoTime();
        Iterator<Unlock> oldestFirst = unlocks.values().iterator();
        while (oldestFirst.hasNext()) {
            Unlock oldest = oldestFirst.next();
            if (now - oldest.answeredAtNanos < durationNanos && keptTokens <= MAX_KEPT_TOKENS) {
                return;
            }
            oldestFirst.remove();
            keptTokens -= oldest.tokens.size();
        }
    }

    private void forget(Lease lease) {
        byTimestamp.remove(lease.timestamp);
        if (lease.commitTimestamp != Lease.NONE) {
            byCommitTimestamp.remove(lease.commitTimestamp);
        }
    }

    private record Unlock(long answeredAtNanos, Set<LeaseToken> tokens, Set<LeaseToken> unlocked) {}

    private static final class Lease {
        private static final long NONE = 0;

        private final LeaseToken token;
        private final long timestamp;
        private final long grantedAtNanos;
        private long refreshedAtNanos;
        private long commitTimestamp = NONE;

        private Lease(LeaseToken token, long timestamp, long grantedAtNanos) {
            this.token = token;
            this.timestamp = timestamp;
            this.grantedAtNanos = grantedAtNanos;
            this.refreshedAtNanos = grantedAtNanos;
        }

        @Override
        public String toString() {
            return token + " at " + timestamp;
        }
    }
}

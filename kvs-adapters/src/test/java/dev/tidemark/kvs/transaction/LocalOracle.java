package dev.tidemark.kvs.transaction;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A timestamp oracle in memory whose leases end only when they are unlocked, when a test takes them away, or by a fence.
 * Thread-safe.
 */
final class LocalOracle implements TransactionOracle {
    static final long LEASE_MILLIS = 3_000;

    private final Map<LeaseToken, Long> leases = new LinkedHashMap<>();
    private final Map<LeaseToken, Long> commits = new LinkedHashMap<>();
    /** Leases that were prolonged by themselves, as a client does right before it puts its entry. */
    private final Set<LeaseToken> checked = new HashSet<>();

    private final List<String> calls = new ArrayList<>();
    private long last;
    private boolean isFenced;
    private ErrorCode failNextUnlock;

    @Override
    public synchronized long freshTimestamp() {
        requireNotFenced();
        calls.add("fresh");
        return ++last;
    }

    @Override
    public synchronized ImmutableTimestampLease lockImmutableTimestamp(LeaseToken token) {
        requireNotFenced();
        calls.add("lock");
        leases.computeIfAbsent(token, name -> ++last);
        return new ImmutableTimestampLease(token, immutable());
    }

    @Override
    public synchronized long commitTimestamp(LeaseToken token) {
        requireNotFenced();
        calls.add("commit");
        if (!leases.containsKey(token)) {
            throw new KeyValueStoreException(ErrorCode.LEASE_LOST, "lease '" + token + "' is not alive", "");
        }
        commits.put(token, ++last);
        return last;
    }

    @Override
    public synchronized Set<LeaseToken> refresh(Set<LeaseToken> tokens) {
        calls.add("refresh");
        Set<LeaseToken> alive = new HashSet<>(tokens);
        alive.retainAll(leases.keySet());
        if (tokens.size() == 1) {
            checked.addAll(alive);
        }
        return alive;
    }

    @Override
    public synchronized Set<LeaseToken> unlock(Set<LeaseToken> tokens) {
        calls.add("unlock");
        if (failNextUnlock != null) {
            ErrorCode code = failNextUnlock;
            failNextUnlock = null;
            throw new KeyValueStoreException(code, "no answer to unlock", "");
        }
        Set<LeaseToken> alive = refresh(tokens);
        calls.remove(calls.size() - 1);
        tokens.forEach(this::end);
        return alive;
    }

    @Override
    public synchronized long immutableTimestamp() {
        requireNotFenced();
        return immutable();
    }

    @Override
    public synchronized boolean isSettled(long commitTimestamp) {
        return commits.values().stream().noneMatch(commit -> commit <= commitTimestamp);
    }

    @Override
    public long leaseDurationMillis() {
        return LEASE_MILLIS;
    }

    /** Ends a lease as if it had not been refreshed. */
    synchronized void loseLease(LeaseToken token) {
        end(token);
    }

    /** Ends all leases as if none had been refreshed. */
    synchronized void loseAllLeases() {
        Set.copyOf(leases.keySet()).forEach(this::end);
    }

    /** Ends all leases and refuses until {@link #unfence}. */
    synchronized void fence() {
        loseAllLeases();
        isFenced = true;
    }

    synchronized void unfence() {
        isFenced = false;
    }

    synchronized void failNextUnlock(ErrorCode code) {
        failNextUnlock = code;
    }

    synchronized Set<LeaseToken> leases() {
        return Set.copyOf(leases.keySet());
    }

    /**
     * Returns the leases that may run out. One that was checked just now does not, because a lease lasts longer than a client
     * takes from there to its entry.
     */
    synchronized Set<LeaseToken> uncheckedLeases() {
        Set<LeaseToken> result = new HashSet<>(leases.keySet());
        result.removeAll(checked);
        return result;
    }

    synchronized long lastTimestamp() {
        return last;
    }

    /** Returns the names of the calls so far, in order, and forgets them. */
    synchronized List<String> takeCalls() {
        List<String> result = List.copyOf(calls);
        calls.clear();
        return result;
    }

    private long immutable() {
        return leases.values().stream().mapToLong(Long::longValue).min().orElse(last + 1);
    }

    private void end(LeaseToken token) {
        leases.remove(token);
        commits.remove(token);
        checked.remove(token);
    }

    private void requireNotFenced() {
        if (isFenced) {
            throw new KeyValueStoreException(ErrorCode.NAMESPACE_FENCED, "the namespace is fenced", "");
        }
    }
}

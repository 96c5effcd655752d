package dev.tidemark.kvs.transaction;

import dev.tidemark.kvs.TidemarkException;
import java.util.Set;

/**
 * What the transaction protocol and a backup ask of the timestamp oracle, for one namespace. All methods block and are
 * thread-safe. They throw {@link TidemarkException} with {@code ORACLE_UNAVAILABLE} (retryable) when there is no answer and
 * {@code NAMESPACE_FENCED} while a restore holds the namespace.
 *
 * <p>A request that was sent twice is answered twice: a timestamp is lost, a lease is the same lease.
 */
public interface TransactionOracle {
    /** Returns a timestamp greater than any that was returned to anybody before this call began. */
    long freshTimestamp();

    /**
     * Takes a lease on the immutable timestamp. It must be refreshed within {@link #leaseDurationMillis()} or it is lost.
     *
     * @param token the name of the lease; a token that is alive gives the lease that it names
     */
    ImmutableTimestampLease lockImmutableTimestamp(LeaseToken token);

    /**
     * Returns a fresh timestamp that the holder of the lease will use to commit. The oracle remembers, until the lease ends,
     * that its holder may be about to put an entry with it.
     *
     * @throws TidemarkException {@code LEASE_LOST} when the lease is not alive
     */
    long commitTimestamp(LeaseToken token);

    /**
     * Prolongs leases.
     *
     * @return those of the tokens whose leases were alive and are prolonged
     */
    Set<LeaseToken> refresh(Set<LeaseToken> tokens);

    /**
     * Ends leases.
     *
     * @return those of the tokens whose leases were alive, without a gap since they were granted, until this call
     */
    Set<LeaseToken> unlock(Set<LeaseToken> tokens);

    /**
     * Returns the immutable timestamp: every transaction that is still running, or starts later, has a start timestamp at or
     * above it.
     */
    long immutableTimestamp();

    /**
     * Tells whether the lease of every transaction that fetched a commit timestamp at or below the given one has ended.
     *
     * <p>The entry of one that has unlocked its lease is there, or never comes. That of one whose lease lapsed, or was ended by a
     * fence or a restart of the oracle, may still come: its put may have been under way since before. docs/consistency.rst,
     * lemma 7, says what a backup can rely on then.
     */
    boolean isSettled(long commitTimestamp);

    /** Returns for how long a lease lives without a refresh, in milliseconds, &gt; 0. */
    long leaseDurationMillis();
}

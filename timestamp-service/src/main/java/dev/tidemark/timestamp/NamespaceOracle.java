package dev.tidemark.timestamp;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.transaction.TransactionOracle;
import java.util.Optional;

/**
 * The oracle of one namespace, with what a restore needs beyond the transaction protocol. All methods block and are
 * thread-safe.
 */
public interface NamespaceOracle extends TransactionOracle {
    /** Returns the namespace's name. */
    String namespace();

    /**
     * Issues several timestamps at once, contiguous.
     *
     * @param count how many are wanted, &gt;= 1; at most 10,000 are given
     */
    TimestampRange freshTimestamps(int count);

    /**
     * Makes the oracle issue only timestamps greater than this one, from now on and durably. Idempotent; a timestamp below
     * what was issued already changes nothing.
     *
     * @throws TimestampException {@link ErrorCode#TIMESTAMP_OUT_OF_RANGE} when it is negative or above the ceiling, and
     *     nothing is changed
     */
    void fastForward(long timestamp);

    /**
     * Sets up a fence: every lease ends, and until {@link #unfence} the oracle refuses everything but {@link #fastForward}
     * and reading the fence. Durable; survives a restart of the oracle. Does nothing when this fence is up already.
     *
     * @param fenceId id of the restore
     * @throws TimestampException {@link ErrorCode#FENCE_CONFLICT} when another fence is up
     */
    void fence(String fenceId);

    /**
     * Lifts the fence with this id; does nothing when no fence is up.
     *
     * @throws TimestampException {@link ErrorCode#FENCE_CONFLICT} when another fence is up
     */
    void unfence(String fenceId);

    /** Returns the id of the fence that is up. */
    Optional<String> currentFence();
}

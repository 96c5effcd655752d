package dev.tidemark.timestamp;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.transaction.TransactionOracle;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

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
     * As {@link #freshTimestamp}, without waiting: the future fails with what that throws. An oracle of the same process answers before
     * this returns. What is hung on the future may run on a thread of the client: whoever blocks in it, takes it to a thread of their own.
     */
    default CompletableFuture<Long> freshTimestampAsync() {
        return freshTimestampsAsync(1).thenApply(TimestampRange::lower);
    }

    /** As {@link #freshTimestamps}, without waiting; see {@link #freshTimestampAsync}. */
    default CompletableFuture<TimestampRange> freshTimestampsAsync(int count) {
        try {
            return CompletableFuture.completedFuture(freshTimestamps(count));
        } catch (TidemarkException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

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
     * and reading the fence. Durable; survives a restart of the oracle. When this fence is up already it stays as it is.
     *
     * @param fenceId id of the restore
     * @return at least the largest timestamp that was issued before the fence went up: everything that anybody has from before is
     *     at or below it. A TimeLock can't be asked once it is disabled: there it is what it issued just before
     * @throws TimestampException {@link ErrorCode#FENCE_CONFLICT} when another fence is up
     */
    long fence(String fenceId);

    /**
     * Lifts the fence with this id; does nothing when no fence is up.
     *
     * @throws TimestampException {@link ErrorCode#FENCE_CONFLICT} when another fence is up
     */
    void unfence(String fenceId);

    /** Returns the id of the fence that is up. */
    Optional<String> currentFence();

    /**
     * Returns points of the time index, oldest first: those whose timestamp is greater than the given one. Timestamps rise and
     * instants don't fall from point to point. Also answered while the namespace is fenced; changes nothing. While
     * timestamps are being issued a point is added about every second, and the older the points, the fewer are kept.
     *
     * @param afterTimestamp exclusive; 0 for the beginning, the last point's timestamp for the next page
     * @param maxPoints how many are wanted, &gt;= 1; at most {@value OracleLimits#MAX_POINTS_PER_REQUEST} are given
     * @return empty when there are none, also when the oracle keeps no time index
     * @throws TimestampException {@link ErrorCode#INVALID_INPUT} when less than one point is wanted
     */
    List<IssuedPoint> timeIndex(long afterTimestamp, int maxPoints);

    /** Returns all points of the time index; see {@link #timeIndex(long, int)}. Asks for one page after the other. */
    default List<IssuedPoint> timeIndex() {
        List<IssuedPoint> points = new ArrayList<>();
        for (int i = 0; i < OracleLimits.MAX_TIME_INDEX_PAGES; i++) {
            long after = points.isEmpty() ? 0 : points.get(points.size() - 1).timestamp();
            List<IssuedPoint> page = timeIndex(after, OracleLimits.MAX_POINTS_PER_REQUEST);
            if (page.isEmpty()) {
                break;
            }
            points.addAll(page);
        }
        return points;
    }
}

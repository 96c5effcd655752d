package dev.tidemark.timestamp.bound;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.IssuedPoint;
import dev.tidemark.timestamp.TimestampException;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/**
 * Keeps the {@link BoundState} and the time index of every namespace of an oracle. All methods block until what they say is durable and are
 * thread-safe. A method that throws from a change leaves the old or the new state, never a third; its caller must not
 * issue anything until it has read the state again. The time index is for people: what happens to it says nothing about
 * the state, and a damaged record costs the store that one point.
 *
 * <p>All methods throw {@link TimestampException} with {@link ErrorCode#BOUND_STORE_DAMAGED} or
 * {@link ErrorCode#UNKNOWN_FORMAT_VERSION} when what they find can't be trusted, {@link ErrorCode#DISK_FULL} when there is
 * no room, {@link ErrorCode#ORACLE_UNAVAILABLE} when the store can't be reached, and {@link ErrorCode#BOUND_STORE_IN_USE}
 * when another process has it.
 */
public interface BoundStore extends AutoCloseable {
    /** Returns the namespaces that exist. */
    SortedSet<String> namespaces();

    /** Creates a namespace in the state {@link BoundState#INITIAL}; see the other method. */
    default BoundState create(String namespace) {
        return create(namespace, BoundState.INITIAL);
    }

    /**
     * Creates a namespace; does nothing when it exists. It exists with this state or not at all, whatever fails.
     *
     * @return its state
     */
    BoundState create(String namespace, BoundState initial);

    /**
     * Returns the last state that was acknowledged, or a later one that was written and not acknowledged.
     *
     * @throws TimestampException also {@link ErrorCode#UNKNOWN_NAMESPACE}
     */
    BoundState read(String namespace);

    /**
     * Replaces the state if it is the expected one.
     *
     * @param next its epoch and bound must not be below those of the expected state
     * @throws TimestampException {@link ErrorCode#BOUND_STORE_IN_USE} when the state is another one, which means that
     *     somebody else writes; nothing is changed then
     * @throws IllegalArgumentException when epoch or bound would be lowered
     */
    void compareAndSet(String namespace, BoundState expected, BoundState next);

    /**
     * Adds a point to the namespace's time index. Now and then old points are thinned, see {@link TimeIndexLevels}, so that
     * the index never holds many more than {@link TimeIndexLevels#MAX_POINTS}.
     *
     * @throws IllegalArgumentException when the point does not follow the last one
     * @throws TimestampException also {@link ErrorCode#UNKNOWN_NAMESPACE}; the point may be in the index or not then
     */
    void addPoint(String namespace, IssuedPoint point);

    /**
     * Returns the newest point of the namespace's time index.
     *
     * @throws TimestampException also {@link ErrorCode#UNKNOWN_NAMESPACE}
     */
    Optional<IssuedPoint> lastPoint(String namespace);

    /**
     * Returns points of the namespace's time index, oldest first.
     *
     * @param afterTimestamp timestamp that theirs are greater than
     * @param maxPoints how many at most, &gt;= 1
     * @throws TimestampException also {@link ErrorCode#UNKNOWN_NAMESPACE}
     */
    List<IssuedPoint> points(String namespace, long afterTimestamp, int maxPoints);

    /** Gives the store up for others. Every later call throws {@link ErrorCode#ORACLE_UNAVAILABLE}. */
    @Override
    void close();
}

package dev.tidemark.timestamp.migration;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.IssuedPoint;
import dev.tidemark.timestamp.TimestampException;
import java.util.List;

/**
 * The upper limit of one sequence of timestamps, where AtlasDB keeps it: no timestamp above it has been issued. It is either valid,
 * and AtlasDB may raise it at any time, or invalidated, and stays what it is. Used by one thread.
 *
 * <p>All methods throw {@link TimestampException} with {@link ErrorCode#ORACLE_UNAVAILABLE} when the store does not answer,
 * {@link ErrorCode#UNKNOWN_TABLE} when it has no such table or row, and {@link ErrorCode#BOUND_STORE_DAMAGED} when what they find
 * is neither valid nor invalidated, or both, or can't be an upper limit; nothing is changed then.
 */
public interface ForeignBound extends AutoCloseable {
    /**
     * Says which store, table and row it is, for people. It has no secrets, and is the same in every process that reads the same
     * settings: an interrupted migration is told by it.
     */
    String where();

    /** Tells whether AtlasDB can't use it any more. */
    boolean isInvalidated();

    /** Returns the limit, &gt;= 0; of an invalidated bound, what it was when it was invalidated. */
    long read();

    /**
     * Invalidates it, in one step that either happens or does not; blocks until that is durable. Does nothing when it is
     * invalidated. When it throws, the bound may be invalidated or not, now or later: call it again.
     *
     * @return the limit that it had when it was invalidated, which may be above what was read before
     */
    long invalidate();

    /** Returns, for people, what else AtlasDB can't use any more when this bound is invalidated; empty when there is nothing else. */
    default List<String> alsoStopped() {
        return List.of();
    }

    /** Returns what the store knows about when timestamps were issued, oldest first, each point following the one before. */
    default List<IssuedPoint> points() {
        return List.of();
    }

    /** Ends the connection; changes nothing. */
    @Override
    void close();
}

package dev.tidemark.timestamp.bound;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.TimestampException;
import java.util.Optional;

/**
 * A bound store that several processes have open at a time, of which one issues. The {@link LeaderRecord} says which; the epoch in
 * each {@link BoundState} keeps out those that led before.
 *
 * <p>Every method is linearizable: it sees every change that was acknowledged before it began. A change that throws
 * {@link ErrorCode#ORACLE_UNAVAILABLE} may take effect at any later time, or never.
 */
public interface SharedBoundStore extends BoundStore {
    /** Returns the leader's record; empty in a store where nobody has ever led. */
    Optional<LeaderRecord> leader();

    /**
     * Replaces the leader's record if it is the expected one.
     *
     * @param expected the record that was read, or empty when there was none
     * @return whether it was; nothing is changed when not
     * @throws TimestampException {@link ErrorCode#ORACLE_UNAVAILABLE} when the outcome is not known
     */
    boolean replaceLeader(Optional<LeaderRecord> expected, LeaderRecord next);
}

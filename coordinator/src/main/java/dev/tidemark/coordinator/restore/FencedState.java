package dev.tidemark.coordinator.restore;

/**
 * State of an operation that fences the oracle.
 *
 * @param <S> the state itself
 */
public interface FencedState<S> {
    /** Returns this state with another largest timestamp that the oracle had issued when it was fenced. */
    S fencedAt(long largestTimestamp);

    /** Returns the largest timestamp that the oracle had issued when it was fenced, or 0 before. */
    long largestTimestampAtFence();

    /** Returns the timestamp above which the oracle issues its timestamps afterwards. */
    long fastForwardTarget();
}

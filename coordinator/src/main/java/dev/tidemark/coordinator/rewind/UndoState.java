package dev.tidemark.coordinator.rewind;

import dev.tidemark.coordinator.restore.FencedState;
import java.time.Instant;

/**
 * State of an undo.
 *
 * @param plan what was planned and accepted
 * @param startedAt when it was accepted
 * @param largestTimestampAtFence largest timestamp that the oracle had issued when it was fenced, or 0 before
 */
record UndoState(UndoPlan plan, Instant startedAt, long largestTimestampAtFence) implements FencedState<UndoState> {
    @Override
    public UndoState fencedAt(long largestTimestamp) {
        return new UndoState(plan, startedAt, largestTimestamp);
    }

    @Override
    public long fastForwardTarget() {
        return Math.max(plan.fastForwardTarget(), largestTimestampAtFence);
    }
}

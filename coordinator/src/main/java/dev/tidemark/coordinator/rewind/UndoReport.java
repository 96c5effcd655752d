package dev.tidemark.coordinator.rewind;

import java.time.Duration;

/**
 * An undo that has ended and was checked.
 *
 * @param isResumed whether it was begun by an earlier process
 * @param undoneOperation id of the operation that was undone
 * @param undoneType its type, {@code restore} or {@code rewind}
 * @param fastForwardTarget the oracle issues only greater timestamps
 */
public record UndoReport(
        String namespace,
        String operationId,
        boolean isResumed,
        String undoneOperation,
        String undoneType,
        long fastForwardTarget,
        Duration duration) {}

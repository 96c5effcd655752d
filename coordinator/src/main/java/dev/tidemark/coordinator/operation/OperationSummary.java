package dev.tidemark.coordinator.operation;

import java.time.Instant;
import java.util.List;

/**
 * What the journal says of one operation.
 *
 * @param namespace name of the namespace
 * @param operationId id of the operation; of a backup it is the id of the backup as well
 * @param type {@code backup}, {@code restore}, {@code rewind} or {@code undo}
 * @param epoch fencing epoch of its last record: the operations of a namespace run one after another, in the order of their
 *     epochs
 * @param outcome how it has ended, if it has
 * @param startedAt when it began
 * @param updatedAt when its last record was written
 * @param stepsDone names of the steps that have ended, in order
 * @param currentStep name of the step that has begun and not ended, or the empty string
 * @param message reason of a failure, or the empty string
 */
public record OperationSummary(
        String namespace,
        String operationId,
        String type,
        long epoch,
        Outcome outcome,
        Instant startedAt,
        Instant updatedAt,
        List<String> stepsDone,
        String currentStep,
        String message) {
    /** Copies the list. */
    public OperationSummary {
        stepsDone = List.copyOf(stepsDone);
    }

    /** How an operation has ended, if it has. */
    public enum Outcome {
        /** It has not ended: a process works on it, or it can be resumed. */
        UNFINISHED,
        SUCCEEDED,
        FAILED,
        CANCELLED
    }
}

package dev.tidemark.coordinator.node;

import java.util.Objects;

/**
 * For which operation a node is asked to do something, and by which of the coordinators that may believe to run it.
 *
 * @param archiveId archive whose lock the epoch comes from
 * @param namespace the operation's namespace
 * @param operationId the operation
 * @param epoch fencing epoch of the coordinator, &gt; 0; greater than that of every coordinator that held the lock before
 */
public record OperationEpoch(String archiveId, String namespace, String operationId, long epoch) {
    /** Checks that all of it is there. */
    public OperationEpoch {
        Objects.requireNonNull(archiveId, "archiveId");
        Objects.requireNonNull(namespace, "namespace");
        Objects.requireNonNull(operationId, "operationId");
        if (epoch <= 0) {
            throw new IllegalArgumentException("epoch: " + epoch + " (expected: > 0)");
        }
    }
}

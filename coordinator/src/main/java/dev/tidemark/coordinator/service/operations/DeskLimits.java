package dev.tidemark.coordinator.service.operations;

import java.time.Duration;

/**
 * Limits of an {@link OperationDesk}.
 *
 * @param parallelOperations operations at a time, each on another namespace, 1..64
 * @param queuedPerNamespace orders of one namespace that wait or are carried out, 1..1000
 * @param stopTimeout how long a stop waits for operations to be left in good order
 */
public record DeskLimits(int parallelOperations, int queuedPerNamespace, Duration stopTimeout) {
    /** What applies when nothing is configured. */
    public static final DeskLimits DEFAULT = new DeskLimits(4, 20, Duration.ofSeconds(30));

    private static final int MAX_PARALLEL = 64;
    private static final int MAX_QUEUED = 1000;

    /** Checks the ranges. */
    public DeskLimits {
        if (parallelOperations < 1 || parallelOperations > MAX_PARALLEL) {
            throw new IllegalArgumentException(
                    "parallelOperations: " + parallelOperations + " (expected: 1.." + MAX_PARALLEL + ")");
        }
        if (queuedPerNamespace < 1 || queuedPerNamespace > MAX_QUEUED) {
            throw new IllegalArgumentException(
                    "queuedPerNamespace: " + queuedPerNamespace + " (expected: 1.." + MAX_QUEUED + ")");
        }
        if (stopTimeout.isNegative()) {
            throw new IllegalArgumentException("stopTimeout: " + stopTimeout + " (expected: not negative)");
        }
    }
}

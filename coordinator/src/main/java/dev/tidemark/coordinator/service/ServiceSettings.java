package dev.tidemark.coordinator.service;

import dev.tidemark.coordinator.service.operations.DeskLimits;
import java.time.Duration;

/**
 * The section {@code service} of the configuration.
 *
 * @param parallelOperations operations at a time, each on another namespace, 1..64; 4 by default
 * @param queuedPerNamespace orders of one namespace that wait or are carried out, 1..1000; 20 by default
 * @param stopTimeout how long a stop waits for operations to be left in good order; PT30S by default
 */
public record ServiceSettings(Integer parallelOperations, Integer queuedPerNamespace, Duration stopTimeout) {
    /** What applies when the section is left out. */
    public static final ServiceSettings DEFAULT = new ServiceSettings(null, null, null);

    /** Applies the defaults and checks the ranges. */
    public ServiceSettings {
        DeskLimits defaults = DeskLimits.DEFAULT;
        parallelOperations = parallelOperations == null ? defaults.parallelOperations() : parallelOperations;
        queuedPerNamespace = queuedPerNamespace == null ? defaults.queuedPerNamespace() : queuedPerNamespace;
        stopTimeout = stopTimeout == null ? defaults.stopTimeout() : stopTimeout;
        new DeskLimits(parallelOperations, queuedPerNamespace, stopTimeout);
    }

    DeskLimits deskLimits() {
        return new DeskLimits(parallelOperations, queuedPerNamespace, stopTimeout);
    }
}

package dev.tidemark.coordinator.config;

import dev.tidemark.coordinator.operation.EngineOptions;
import java.time.Duration;

/**
 * Limits of the engine; see {@link EngineOptions} for their meaning and ranges.
 *
 * @param lockLease PT15S by default
 * @param holdLimit PT60S by default
 * @param settleTimeout PT0.2S by default
 * @param parallelism 2 by default
 * @param runbooks whether a runbook is written with each backup; true by default
 */
public record OperationsConfiguration(
        Duration lockLease, Duration holdLimit, Duration settleTimeout, Integer parallelism, Boolean runbooks) {
    /** What applies when the section is left out. */
    public static final OperationsConfiguration DEFAULT = new OperationsConfiguration(null, null, null, null, null);

    /** Applies the defaults and checks the ranges. */
    public OperationsConfiguration {
        EngineOptions defaults = EngineOptions.DEFAULT;
        lockLease = lockLease == null ? defaults.lockLease() : lockLease;
        holdLimit = holdLimit == null ? defaults.holdLimit() : holdLimit;
        settleTimeout = settleTimeout == null ? defaults.settleTimeout() : settleTimeout;
        parallelism = parallelism == null ? defaults.parallelism() : parallelism;
        runbooks = runbooks == null || runbooks;
        new EngineOptions(lockLease, holdLimit, settleTimeout, parallelism);
    }

    /** Returns the limits as the engine takes them. */
    public EngineOptions toOptions() {
        return new EngineOptions(lockLease, holdLimit, settleTimeout, parallelism);
    }
}

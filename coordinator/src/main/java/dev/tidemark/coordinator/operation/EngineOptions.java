package dev.tidemark.coordinator.operation;

import java.time.Duration;

/**
 * Limits of the engine.
 *
 * @param lockLease for how long the lock of a namespace lives without renewal, 1 s or more
 * @param holdLimit longest time that the immutable timestamp may be held; a backup that needs longer fails
 * @param settleTimeout longest wait, under the hold, for transactions that have a commit timestamp at or below the backup
 *     timestamp to record their outcome; 0 or more
 * @param parallelism nodes, tables or ranges worked on at the same time, 1..64
 */
public record EngineOptions(Duration lockLease, Duration holdLimit, Duration settleTimeout, int parallelism) {
    /** What applies without configuration. */
    public static final EngineOptions DEFAULT =
            new EngineOptions(Duration.ofSeconds(15), Duration.ofSeconds(60), Duration.ofMillis(200), 2);

    /** Checks the ranges. */
    public EngineOptions {
        requireAtLeast("lockLease", lockLease, Duration.ofSeconds(1));
        requireAtLeast("holdLimit", holdLimit, Duration.ofSeconds(1));
        requireAtLeast("settleTimeout", settleTimeout, Duration.ZERO);
        if (parallelism < 1 || parallelism > 64) {
            throw new IllegalArgumentException("parallelism: " + parallelism + " (expected: 1..64)");
        }
    }

    private static void requireAtLeast(String name, Duration value, Duration min) {
        if (value.compareTo(min) < 0) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: >= " + min + ")");
        }
    }
}

package dev.tidemark.coordinator.archive.retry;

import java.time.Duration;

/**
 * How long is tried.
 *
 * @param attempts of one call at most, the first one included, 1..100
 * @param budget from the beginning of a call to the beginning of its last attempt at most, &gt;= 0
 * @param firstWait before the second attempt, &gt; 0; each further wait is twice as long, up to {@link #MAX_WAIT}
 */
public record RetrySettings(int attempts, Duration budget, Duration firstWait) {
    /** Longest wait between two attempts, unless the store asks for a longer one. */
    public static final Duration MAX_WAIT = Duration.ofSeconds(10);

    /** What applies when nothing is configured. */
    public static final RetrySettings DEFAULT = new RetrySettings(10, Duration.ofMinutes(1), Duration.ofMillis(100));

    private static final int MAX_ATTEMPTS = 100;

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException when one is out of range
     */
    public RetrySettings {
        if (attempts < 1 || attempts > MAX_ATTEMPTS) {
            throw new IllegalArgumentException("attempts: " + attempts + " (expected: 1.." + MAX_ATTEMPTS + ")");
        }
        if (budget.isNegative() || firstWait.isNegative() || firstWait.isZero()) {
            throw new IllegalArgumentException(
                    "budget, firstWait: " + budget + ", " + firstWait + " (expected: >= 0, > 0)");
        }
    }
}

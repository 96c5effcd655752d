package dev.tidemark.coordinator.service.notification;

import java.time.Duration;

/**
 * How hard a channel tries.
 *
 * @param timeout longest wait for a connection, and for an answer, 100 ms to 1 min; PT10S by default
 * @param attempts how often it is tried, 1..20; 8 by default
 * @param backoff pause after the first attempt, doubled after each further one up to 10 minutes; 100 ms to 10 min, PT5S by default
 * @param queue notifications that wait, 1..10,000; when another one comes the oldest is dropped; 100 by default
 */
public record DeliverySettings(Duration timeout, Integer attempts, Duration backoff, Integer queue) {
    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);
    private static final int MAX_DOUBLINGS = 20;

    /** What applies when nothing is configured. */
    public static final DeliverySettings DEFAULT = new DeliverySettings(null, null, null, null);

    /**
     * Applies the defaults and checks the ranges.
     *
     * @throws IllegalArgumentException when a value is out of its range
     */
    public DeliverySettings {
        timeout = timeout == null ? Duration.ofSeconds(10) : timeout;
        attempts = attempts == null ? Integer.valueOf(8) : attempts;
        backoff = backoff == null ? Duration.ofSeconds(5) : backoff;
        queue = queue == null ? Integer.valueOf(100) : queue;
        require("timeout", timeout, Duration.ofMinutes(1));
        require("backoff", backoff, LONGEST_PAUSE);
        require("attempts", attempts, 20);
        require("queue", queue, 10_000);
    }

    /** Returns how long to wait after so many attempts. */
    Duration pauseAfter(int attemptsMade) {
        Duration pause = backoff.multipliedBy(1L << Math.min(MAX_DOUBLINGS, attemptsMade - 1));
        return pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
    }

    private static void require(String name, Duration value, Duration longest) {
        if (value.compareTo(SHORTEST) < 0 || value.compareTo(longest) > 0) {
            throw new IllegalArgumentException(
                    "'" + name + "' is " + value + " (expected: " + SHORTEST + " to " + longest + ")");
        }
    }

    private static void require(String name, int value, int greatest) {
        if (value < 1 || value > greatest) {
            throw new IllegalArgumentException("'" + name + "' is " + value + " (expected: 1 to " + greatest + ")");
        }
    }
}

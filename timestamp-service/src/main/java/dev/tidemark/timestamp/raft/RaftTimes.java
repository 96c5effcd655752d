package dev.tidemark.timestamp.raft;

import java.time.Duration;

/**
 * How long a server waits.
 *
 * @param command for an answer to a command, all attempts together, 100 ms..10 min; then its outcome is not known
 * @param start for a majority, and for the other servers to let it join, when it starts, 1 s..1 h
 * @param election without a word from Ratis' leader before it calls an election, at least; up to twice as long; 100 ms..1 min
 */
public record RaftTimes(Duration command, Duration start, Duration election) {
    /** What suits servers in one data center. */
    public static final RaftTimes DEFAULT =
            new RaftTimes(Duration.ofSeconds(5), Duration.ofMinutes(1), Duration.ofMillis(500));

    /**
     * Checks the durations.
     *
     * @throws IllegalArgumentException when one is out of range
     */
    public RaftTimes {
        check("timeout", command, Duration.ofMillis(100), Duration.ofMinutes(10));
        check("startTimeout", start, Duration.ofSeconds(1), Duration.ofHours(1));
        check("electionTimeout", election, Duration.ofMillis(100), Duration.ofMinutes(1));
    }

    private static void check(String name, Duration value, Duration min, Duration max) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + min + ".." + max + ")");
        }
    }
}

package dev.tidemark.coordinator.status;

import java.time.Duration;

/**
 * What an operator wants to be true of a namespace at all times. {@link Duration#ZERO} stands for no objective.
 *
 * @param maxAge greatest age of the state that the newest good backup holds
 * @param maxDuration longest time that a backup may take, from its beginning to its manifest
 * @param verifiedWithin how long ago some backup was read down to the last byte at most, as a valid certificate says
 * @param grace how long a backup may be overdue before its schedule counts as stopped; 0 or more, and no objective itself
 */
public record Objectives(Duration maxAge, Duration maxDuration, Duration verifiedWithin, Duration grace) {
    private static final Duration LONGEST = Duration.ofDays(36_500);

    /** What applies without configuration: nothing but that there is a good backup, and that no schedule has stopped. */
    public static final Objectives NONE =
            new Objectives(Duration.ZERO, Duration.ZERO, Duration.ZERO, NextBackup.DEFAULT_GRACE);

    /**
     * Checks the ranges: up to 36,500 days each.
     *
     * @throws IllegalArgumentException when one is negative or longer
     */
    public Objectives {
        require("maxAge", maxAge);
        require("maxDuration", maxDuration);
        require("verifiedWithin", verifiedWithin);
        require("grace", grace);
    }

    private static void require(String name, Duration value) {
        if (value.isNegative() || value.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("'" + name + "' is " + value + " (expected: PT0S to " + LONGEST + ")");
        }
    }
}

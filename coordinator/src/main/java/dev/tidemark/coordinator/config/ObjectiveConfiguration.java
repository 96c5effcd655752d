package dev.tidemark.coordinator.config;

import dev.tidemark.coordinator.status.NextBackup;
import dev.tidemark.coordinator.status.Objectives;
import java.time.Duration;

/**
 * What an operator wants to be true of a namespace; see {@link Objectives} for the meaning. Each value that is given is from PT1S to
 * 36,500 days.
 *
 * @param maxAge none by default
 * @param maxDuration none by default
 * @param verifiedWithin none by default
 * @param grace PT15M by default; may be PT0S
 */
public record ObjectiveConfiguration(Duration maxAge, Duration maxDuration, Duration verifiedWithin, Duration grace) {
    private static final Duration SHORTEST = Duration.ofSeconds(1);

    /** What applies when the section is left out. */
    public static final ObjectiveConfiguration DEFAULT = new ObjectiveConfiguration(null, null, null, null);

    /** Checks the ranges. */
    public ObjectiveConfiguration {
        requireLongEnough("maxAge", maxAge);
        requireLongEnough("maxDuration", maxDuration);
        requireLongEnough("verifiedWithin", verifiedWithin);
        objectives(maxAge, maxDuration, verifiedWithin, grace);
    }

    /** Returns the objectives as the status takes them. */
    public Objectives toObjectives() {
        return objectives(maxAge, maxDuration, verifiedWithin, grace);
    }

    /** Nothing is of no age; who writes zero means something else. */
    private static void requireLongEnough(String key, Duration value) {
        Required.that(
                value == null || value.compareTo(SHORTEST) >= 0,
                "'" + key + "' is " + value + " (expected: at least " + SHORTEST + ", or left out)");
    }

    private static Objectives objectives(
            Duration maxAge, Duration maxDuration, Duration verifiedWithin, Duration grace) {
        return new Objectives(
                orNone(maxAge),
                orNone(maxDuration),
                orNone(verifiedWithin),
                grace == null ? NextBackup.DEFAULT_GRACE : grace);
    }

    private static Duration orNone(Duration value) {
        return value == null ? Duration.ZERO : value;
    }
}

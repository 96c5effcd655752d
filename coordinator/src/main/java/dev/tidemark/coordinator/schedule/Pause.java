package dev.tidemark.coordinator.schedule;

import java.time.Instant;

/**
 * That somebody has paused or resumed the schedules of a namespace.
 *
 * @param kind which of the two
 * @param id random, 32 lower-case hexadecimal digits: whose record it is when an answer was lost
 * @param who who has done it, for people to read
 * @param reason why, or the empty string
 * @param at when, by the clock of who has done it
 */
public record Pause(Kind kind, String id, String who, String reason, Instant at) {
    private static final int MAX_TEXT = 1_000;

    /**
     * Checks the texts.
     *
     * @throws IllegalArgumentException when one is too long or has more than one line
     */
    public Pause {
        requireText("who", who);
        requireText("reason", reason);
    }

    private static void requireText(String name, String text) {
        if (text.length() > MAX_TEXT || text.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("'" + name + "' has " + text.length()
                    + " characters (expected: one line of at most " + MAX_TEXT + ")");
        }
    }

    /** The two. */
    public enum Kind {
        /** Nothing is begun from here on. */
        PAUSED,
        /** What is due runs. */
        RESUMED
    }
}

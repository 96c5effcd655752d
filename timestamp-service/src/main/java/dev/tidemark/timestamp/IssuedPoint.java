package dev.tidemark.timestamp;

import java.time.Instant;

/**
 * A point of the time index, which leads from wall-clock time to timestamps: every timestamp at or below {@code timestamp} was
 * issued at or before {@code instant}, or never will be. Every one above it was issued later; only where timestamps are issued
 * without a pause may a few of the same microsecond be above it. So the state at {@code timestamp} is the state at
 * {@code instant}.
 *
 * @param instant time of the oracle's clock, 1970 to 9999
 * @param timestamp &gt;= 1
 */
public record IssuedPoint(Instant instant, long timestamp) {
    private static final Instant MIN_INSTANT = Instant.EPOCH;
    private static final Instant MAX_INSTANT = Instant.parse("9999-12-31T23:59:59Z");

    /**
     * Checks the parts.
     *
     * @throws IllegalArgumentException when one is out of range
     */
    public IssuedPoint {
        if (!isInstantInRange(instant)) {
            throw new IllegalArgumentException("instant: " + instant + " (expected: 1970..9999)");
        }
        if (timestamp < 1) {
            throw new IllegalArgumentException("timestamp: " + timestamp + " (expected: >= 1)");
        }
    }

    /** Tells whether a point can have this instant. */
    public static boolean isInstantInRange(Instant instant) {
        return !instant.isBefore(MIN_INSTANT) && !instant.isAfter(MAX_INSTANT);
    }

    /** Tells whether this point may come after another one in an index: its timestamp is greater, its instant not before. */
    public boolean follows(IssuedPoint other) {
        return timestamp > other.timestamp && !instant.isBefore(other.instant);
    }
}

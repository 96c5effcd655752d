package dev.tidemark.coordinator.garbage;

import java.time.Duration;

/**
 * Limits of garbage collection.
 *
 * @param grace how long an object stays on a garbage list at least, so that whoever reads backups without a lock has ended
 * @param repackBelow packs of which less than this share is needed are repacked, 0..1; 0 switches it off
 * @param maximumRepackBytes most bytes of chunks that one run moves to other packs
 */
public record GarbageOptions(Duration grace, double repackBelow, long maximumRepackBytes) {
    /** A grace of a day; packs that are needed by less than 30 percent are repacked, at most 4 GiB in one run. */
    public static final GarbageOptions DEFAULT = new GarbageOptions(Duration.ofDays(1), 0.3, 4L << 30);

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException when one is outside of its range
     */
    public GarbageOptions {
        if (grace.isNegative() || grace.compareTo(Duration.ofDays(3_650)) > 0) {
            throw new IllegalArgumentException("'grace' is " + grace + " (expected: PT0S..P3650D)");
        }
        if (!(repackBelow >= 0 && repackBelow <= 1)) {
            throw new IllegalArgumentException("'repackBelow' is " + repackBelow + " (expected: 0..1)");
        }
        if (maximumRepackBytes < 0) {
            throw new IllegalArgumentException("'maximumRepackBytes' is " + maximumRepackBytes + " (expected: >= 0)");
        }
    }
}

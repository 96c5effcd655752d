package dev.tidemark.coordinator.retention;

import java.time.Duration;
import java.time.ZoneId;

/**
 * Rules that keep backups; a backup that none keeps may be expired. Each of the counting rules keeps the newest backup of each of
 * the last so many hours, days, weeks (Monday to Sunday), months or years that have one; 0 switches it off.
 *
 * @param last how many of the newest backups are kept
 * @param hourly hours
 * @param daily days
 * @param weekly weeks
 * @param monthly months
 * @param yearly years
 * @param keepWithin every backup whose state is not older than this is kept; zero switches it off
 * @param maximumAge no counting rule keeps a backup whose state is older than this; zero stands for no limit
 * @param recoveryWindow every moment that could be restored and is not older than this stays restorable; zero switches it off
 * @param zone where days, weeks, months and years begin
 */
public record RetentionPolicy(
        int last,
        int hourly,
        int daily,
        int weekly,
        int monthly,
        int yearly,
        Duration keepWithin,
        Duration maximumAge,
        Duration recoveryWindow,
        ZoneId zone) {
    /** 7 daily, 4 weekly and 3 monthly backups, in UTC. */
    public static final RetentionPolicy DEFAULT =
            new RetentionPolicy(0, 0, 7, 4, 3, 0, Duration.ZERO, Duration.ZERO, Duration.ZERO, ZoneId.of("UTC"));

    private static final int MAX_COUNT = 100_000;

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException when a number is negative or too large, or no rule keeps anything
     */
    public RetentionPolicy {
        requireCount("last", last);
        requireCount("hourly", hourly);
        requireCount("daily", daily);
        requireCount("weekly", weekly);
        requireCount("monthly", monthly);
        requireCount("yearly", yearly);
        requireDuration("keepWithin", keepWithin);
        requireDuration("maximumAge", maximumAge);
        requireDuration("recoveryWindow", recoveryWindow);
        boolean keepsAnything = last + hourly + daily + weekly + monthly + yearly > 0
                || keepWithin.toNanos() > 0
                || recoveryWindow.toNanos() > 0;
        if (!keepsAnything) {
            throw new IllegalArgumentException("no rule keeps a backup (expected: at least one that is not 0)");
        }
    }

    private static void requireCount(String name, int count) {
        if (count < 0 || count > MAX_COUNT) {
            throw new IllegalArgumentException("'" + name + "' is " + count + " (expected: 0.." + MAX_COUNT + ")");
        }
    }

    private static void requireDuration(String name, Duration duration) {
        if (duration.isNegative() || duration.compareTo(Duration.ofDays(100_000)) > 0) {
            throw new IllegalArgumentException("'" + name + "' is " + duration + " (expected: PT0S..P100000D)");
        }
    }
}

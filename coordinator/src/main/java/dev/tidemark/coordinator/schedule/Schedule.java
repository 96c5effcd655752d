package dev.tidemark.coordinator.schedule;

import dev.tidemark.coordinator.archive.manifest.Manifest;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What is done in a namespace, and when.
 *
 * @param name 1 to 100 characters {@code A-Z a-z 0-9 _ -}, unique in its namespace; its ticks are known by it
 * @param work what is done
 * @param cron when, in the zone
 * @param zone whose wall clock counts
 * @param window how long after its instant a tick may begin or be tried again, inclusive; 1 minute to 31 days
 * @param jitter most that a tick is put off, so that not all begin at once; zero or more, in whole seconds, less than the window
 * @param catchUp what becomes of ticks that were missed
 * @param labels of the backups; empty for other work
 */
public record Schedule(
        String name,
        ScheduledWork work,
        CronExpression cron,
        ZoneId zone,
        Duration window,
        Duration jitter,
        CatchUp catchUp,
        Map<String, String> labels) {
    /** Window of a schedule that names none. */
    public static final Duration DEFAULT_WINDOW = Duration.ofHours(1);

    private static final Duration MIN_WINDOW = Duration.ofMinutes(1);
    private static final Duration MAX_WINDOW = Duration.ofDays(31);
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_-]{0,99}");

    /**
     * Copies the labels and checks the ranges.
     *
     * @throws IllegalArgumentException when something is out of its range
     */
    public Schedule {
        labels = Collections.unmodifiableMap(new TreeMap<>(labels));
        require(isName(name), "name", name, "1 to 100 of A-Z a-z 0-9 _ -");
        boolean isWindow = window.compareTo(MIN_WINDOW) >= 0 && window.compareTo(MAX_WINDOW) <= 0;
        require(isWindow, "window", window, MIN_WINDOW + " to P31D");
        boolean isJitter = !jitter.isNegative() && jitter.getNano() == 0 && jitter.compareTo(window) < 0;
        require(isJitter, "jitter", jitter, "whole seconds, PT0S or more, less than the window " + window);
        require(work == ScheduledWork.BACKUP || labels.isEmpty(), "labels", labels, "none: only backups have labels");
        Manifest.requireLabels(labels);
    }

    /** Tells whether a text can be the name of a schedule. */
    public static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /** Returns the first tick after an instant. */
    Instant nextTick(Instant after) {
        return cron.next(after, zone);
    }

    /** Returns the last moment at which a tick may begin or be tried again. */
    Instant deadline(Instant tick) {
        return tick.plus(window);
    }

    /** Returns what decides which instants are ticks; it goes into their records. */
    String rule() {
        return cron + " " + zone.getId();
    }

    private static void require(boolean isMet, String key, Object value, String expected) {
        if (!isMet) {
            throw new IllegalArgumentException("'" + key + "' is " + value + " (expected: " + expected + ")");
        }
    }
}

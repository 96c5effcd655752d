package dev.tidemark.cli.output;

import java.time.Duration;
import java.util.Locale;

/** Numbers as a person reads them, always with their unit. */
public final class HumanFormat {
    private static final String[] SIZE_UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    private static final Duration LONGEST = Duration.ofHours(999);

    private HumanFormat() {}

    /** Returns a size in bytes with a binary unit and at most one decimal: {@code 0 B}, {@code 1.5 KiB}, {@code 20 MiB}. */
    public static String bytes(long sizeBytes) {
        double value = sizeBytes;
        int unit = 0;
        while (value >= 1023.95 && unit < SIZE_UNITS.length - 1) {
            value /= 1024;
            unit++;
        }
        return decimal(value, unit == 0) + " " + SIZE_UNITS[unit];
    }

    /** Returns a rate in bytes per second. */
    public static String rate(double bytesPerSecond) {
        return bytes((long) bytesPerSecond) + "/s";
    }

    /** Returns a count with separated thousands: {@code 1,234,567}. */
    public static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count);
    }

    /** Returns a count and its noun, which takes an s unless the count is one: {@code 1 file}, {@code 2 files}. */
    public static String count(long count, String noun) {
        return count(count) + " " + noun + (count == 1 ? "" : "s");
    }

    /**
     * Returns a duration with its two leading units: {@code 12 ms}, {@code 3.4 s}, {@code 2 min 5 s}, {@code 3 h 10 min}.
     * More than 999 h are {@code > 999 h}.
     */
    public static String duration(Duration duration) {
        if (duration.compareTo(LONGEST) > 0) {
            return "> 999 h";
        }
        long millis = duration.toMillis();
        if (millis < 1000) {
            return millis + " ms";
        }
        if (millis < 59_950) {
            return decimal(millis / 1000.0, false) + " s";
        }
        long seconds = Math.round(millis / 1000.0);
        if (seconds < 3600) {
            return pair(seconds / 60, "min", seconds % 60, "s");
        }
        return pair(seconds / 3600, "h", seconds % 3600 / 60, "min");
    }

    private static String pair(long large, String largeUnit, long small, String smallUnit) {
        return large + " " + largeUnit + (small == 0 ? "" : " " + small + " " + smallUnit);
    }

    private static String decimal(double value, boolean isWhole) {
        String text = String.format(Locale.ROOT, isWhole || value >= 100 ? "%.0f" : "%.1f", value);
        return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }
}

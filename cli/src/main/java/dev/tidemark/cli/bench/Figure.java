package dev.tidemark.cli.bench;

import dev.tidemark.cli.output.HumanFormat;
import java.util.Locale;

/**
 * Something that was measured, beside what it is compared to.
 *
 * @param name what was measured
 * @param value how much; &gt; 0
 * @param unit of both values: {@value #BYTES_PER_SECOND}, {@value #BYTES}, {@code commits/s}, {@code ms}
 * @param better which values are better
 * @param baseline what it is compared to
 * @param baselineValue how much that was in the same repeat; &gt; 0
 */
public record Figure(String name, double value, String unit, Better better, String baseline, double baselineValue) {
    /** Unit of rates of data. */
    public static final String BYTES_PER_SECOND = "bytes/s";

    /** Unit of sizes. */
    public static final String BYTES = "bytes";

    /** Unit of durations. */
    public static final String MILLISECONDS = "ms";

    /** Which values are better. */
    public enum Better {
        /** Rates. */
        HIGHER,
        /** Durations and sizes. */
        LOWER
    }

    /** Checks the values. */
    public Figure {
        requirePositive(name, value);
        requirePositive(baseline, baselineValue);
    }

    /** Returns a figure of which more is better. */
    public static Figure rate(String name, double value, String unit, String baseline, double baselineValue) {
        return new Figure(name, value, unit, Better.HIGHER, baseline, baselineValue);
    }

    /** Returns a figure of which less is better: a duration or a size. */
    public static Figure cost(String name, double value, String unit, String baseline, double baselineValue) {
        return new Figure(name, value, unit, Better.LOWER, baseline, baselineValue);
    }

    /** Returns the value divided by that of the baseline. */
    public double ratio() {
        return value / baselineValue;
    }

    /** Returns a value of this unit as a person reads it. */
    String format(double number) {
        if (unit.equals(BYTES_PER_SECOND)) {
            return HumanFormat.rate(number);
        }
        if (unit.equals(BYTES)) {
            return HumanFormat.bytes((long) number);
        }
        return shortNumber(number) + " " + unit;
    }

    /** Returns a number with at least three digits that count. */
    static String shortNumber(double number) {
        if (number >= 100) {
            return HumanFormat.count(Math.round(number));
        }
        return String.format(Locale.ROOT, number >= 10 ? "%.1f" : number >= 0.1 ? "%.2f" : "%.4f", number);
    }

    private static void requirePositive(String name, double value) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
        }
    }
}

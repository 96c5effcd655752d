package dev.tidemark.cli.bench;

import java.util.Locale;

/**
 * What a figure is to reach.
 *
 * @param name of the target
 * @param figure name of the figure
 * @param baseline of the figure
 * @param measure what of the figure is meant
 * @param limit which side of the asked number is right
 * @param asked the number
 */
public record Target(String name, String figure, String baseline, Measure measure, Limit limit, double asked) {
    /** What of a figure is meant. */
    public enum Measure {
        /** The value divided by that of the baseline. */
        RATIO,
        /** The value, in its unit. */
        VALUE
    }

    /** Which side of a number is right. */
    public enum Limit {
        /** Not less. */
        AT_LEAST,
        /** Not more. */
        AT_MOST
    }

    /** Returns a target for a ratio that is not to be less. */
    public static Target ratioAtLeast(String name, String figure, String baseline, double asked) {
        return new Target(name, figure, baseline, Measure.RATIO, Limit.AT_LEAST, asked);
    }

    /** Returns a target for a ratio that is not to be more. */
    public static Target ratioAtMost(String name, String figure, String baseline, double asked) {
        return new Target(name, figure, baseline, Measure.RATIO, Limit.AT_MOST, asked);
    }

    /** Returns a target for a value that is not to be less. */
    public static Target valueAtLeast(String name, String figure, String baseline, double asked) {
        return new Target(name, figure, baseline, Measure.VALUE, Limit.AT_LEAST, asked);
    }

    /** Tells whether this target is about a figure. */
    boolean isAbout(Figure candidate) {
        return candidate.name().equals(figure) && candidate.baseline().equals(baseline);
    }

    /** Returns what a figure has of it. */
    double reachedBy(Figure measured) {
        return measure == Measure.RATIO ? measured.ratio() : measured.value();
    }

    boolean isReachedBy(Figure measured) {
        double reached = reachedBy(measured);
        return limit == Limit.AT_LEAST ? reached >= asked : reached <= asked;
    }

    String askedText() {
        return (limit == Limit.AT_LEAST ? ">= " : "<= ")
                + Figure.shortNumber(asked)
                + (measure == Measure.RATIO ? " x" : "");
    }

    String limitText() {
        return limit.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}

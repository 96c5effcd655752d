package dev.tidemark.coordinator.schedule;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * One field of a cron expression.
 *
 * @param values bit N is set when the field names the value N
 * @param isStar whether it begins with {@code *}, with or without a step
 * @param isOpen whether one of its elements begins with {@code *}
 */
record CronField(long values, boolean isStar, boolean isOpen) {
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,4}");

    /** The fields, in their order. */
    enum Kind {
        MINUTE("minute", 0, 59, List.of()),
        HOUR("hour", 0, 23, List.of()),
        DAY_OF_MONTH("day of month", 1, 31, List.of()),
        MONTH(
                "month",
                1,
                12,
                List.of("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")),
        /** 0 and 7 are both Sunday. */
        DAY_OF_WEEK("day of week", 0, 7, List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"));

        private final String title;
        private final int min;
        private final int max;
        private final List<String> names;

        Kind(String title, int min, int max, List<String> names) {
            this.title = title;
            this.min = min;
            this.max = max;
            this.names = names;
        }
    }

    /**
     * Reads a field.
     *
     * @throws IllegalArgumentException when it is none; the message names the field
     */
    static CronField parse(Kind kind, String text) {
        long values = 0;
        boolean isOpen = false;
        for (String element : text.split(",", -1)) {
            values |= element(kind, element);
            isOpen |= element.startsWith("*");
        }
        if (kind == Kind.DAY_OF_WEEK && (values & 1L << 7) != 0) {
            values = (values | 1) & ~(1L << 7);
        }
        return new CronField(values, text.startsWith("*"), isOpen);
    }

    boolean contains(int value) {
        return (values & 1L << value) != 0;
    }

    /** Returns the smallest value that is named and not less than this one; -1 when there is none. */
    int atLeast(int value) {
        long rest = value > 63 ? 0 : values >>> value;
        return rest == 0 ? -1 : value + Long.numberOfTrailingZeros(rest);
    }

    private static long element(Kind kind, String element) {
        int slash = element.indexOf('/');
        String range = slash < 0 ? element : element.substring(0, slash);
        int dash = range.indexOf('-');
        int from;
        int to;
        if (range.equals("*")) {
            from = kind.min;
            to = kind == Kind.DAY_OF_WEEK ? 6 : kind.max;
        } else if (dash < 0) {
            from = value(kind, range, element);
            to = from;
        } else {
            from = value(kind, range.substring(0, dash), element);
            to = value(kind, range.substring(dash + 1), element);
            to = kind == Kind.DAY_OF_WEEK && to == 0 && from > 0 ? 7 : to;
        }
        if (to < from) {
            throw error(kind, element, "a range that ascends");
        }
        int step = slash < 0 ? 1 : step(kind, element, slash, from, to);
        long values = 0;
        for (int value = from; value <= to; value += step) {
            values |= 1L << value;
        }
        return values;
    }

    private static int step(Kind kind, String element, int slash, int from, int to) {
        if (from == to) {
            throw error(kind, element, "a step behind '*' or a range such as " + kind.min + "-" + kind.max + "/2");
        }
        String text = element.substring(slash + 1);
        int most = to - from;
        int step = NUMBER.matcher(text).matches() ? Integer.parseInt(text) : 0;
        if (step < 1 || step > most) {
            throw error(kind, element, "a step of 1.." + most);
        }
        return step;
    }

    private static int value(Kind kind, String text, String element) {
        int name = kind.names.indexOf(text.toUpperCase(Locale.ROOT));
        if (name >= 0) {
            return name + kind.min;
        }
        int number = NUMBER.matcher(text).matches() ? Integer.parseInt(text) : -1;
        if (number < kind.min || number > kind.max) {
            String names =
                    kind.names.isEmpty() ? "" : ", " + kind.names.get(0) + ".." + kind.names.get(kind.names.size() - 1);
            throw error(kind, element, kind.min + ".." + kind.max + names + ", '*', ranges, lists and steps of them");
        }
        return number;
    }

    private static IllegalArgumentException error(Kind kind, String element, String expected) {
        return new IllegalArgumentException(kind.title + " '" + element + "' (expected: " + expected + ")");
    }
}

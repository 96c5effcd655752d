package dev.tidemark.timestamp.web;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.TimestampException;
import java.util.regex.Pattern;

/** Reads whole numbers from the query of a request, as strictly as TimeLock. */
public final class QueryNumbers {
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,19}");

    private QueryNumbers() {}

    /**
     * Reads a whole number of 32 bits.
     *
     * @param name of the parameter, for the error
     * @param text its value, or null when it is missing
     */
    public static int parseInt(String name, String text) {
        long value = parseLong(name, text);
        if (value != (int) value) {
            throw invalid(name, text, "a whole number below 2147483648");
        }
        return (int) value;
    }

    /**
     * Reads a whole number of 64 bits.
     *
     * @param name of the parameter, for the error
     * @param text its value, or null when it is missing
     */
    public static long parseLong(String name, String text) {
        if (text == null || !NUMBER.matcher(text).matches()) {
            throw invalid(name, text, "a whole number");
        }
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw invalid(name, text, "a whole number below 9223372036854775808");
        }
    }

    private static TimestampException invalid(String name, String text, String expected) {
        String given = text == null ? "missing" : "'" + (text.length() > 40 ? text.substring(0, 40) : text) + "'";
        return new TimestampException(
                ErrorCode.INVALID_INPUT,
                "query parameter '" + name + "': " + given + " (expected: " + expected + ")",
                "Correct the request; nothing was changed.");
    }
}

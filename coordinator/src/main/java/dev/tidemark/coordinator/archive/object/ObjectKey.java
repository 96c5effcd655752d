package dev.tidemark.coordinator.archive.object;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * Name of an object in an archive: segments joined by {@code /}. Ordered as strings, which for this alphabet is the order of
 * the bytes.
 *
 * <p>A key is never the directory of another one: an archive that has {@code a/b} has no object {@code a}. The first segment
 * {@code tmp} is reserved for stores that need a place of their own.
 *
 * @param value 1..1000 characters; each segment 1..200 of {@code A-Z a-z 0-9 . _ = -}, not {@code .} or {@code ..}
 */
public record ObjectKey(@JsonValue String value) implements Comparable<ObjectKey> {
    /** First segment that no key has. */
    public static final String RESERVED = "tmp";

    private static final int MAX_LENGTH = 1000;
    private static final int MAX_SEGMENT_LENGTH = 200;

    /**
     * Checks the form.
     *
     * @throws IllegalArgumentException when it is another one
     */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public ObjectKey {
        String problem = problem(value);
        if (!problem.isEmpty()) {
            throw new IllegalArgumentException("object key: '" + value + "' (expected: " + problem + ")");
        }
    }

    /** Returns the key of the segments joined by {@code /}. */
    public static ObjectKey of(String... segments) {
        return new ObjectKey(String.join("/", segments));
    }

    /** Tells whether the text is a key. */
    public static boolean isValid(String text) {
        return problem(text).isEmpty();
    }

    /**
     * Writes any text as one segment: a letter, a digit, {@code _}, {@code -} and a dot that is not the first character stand
     * for themselves, every other byte of the text in UTF-8 is {@code =} and two upper-case hexadecimal digits. Different
     * texts give different segments.
     *
     * @throws IllegalArgumentException when the text is empty or the segment would be too long
     */
    public static String escape(String text) {
        StringBuilder segment = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            boolean isPlain = isLetterOrDigit(c) || c == '_' || c == '-' || (c == '.' && segment.length() > 0);
            if (isPlain) {
                segment.append(c);
            } else {
                segment.append(String.format(Locale.ROOT, "=%02X", (int) c));
            }
        }
        if (segment.length() == 0 || segment.length() > MAX_SEGMENT_LENGTH) {
            throw new IllegalArgumentException(
                    "name: '" + text + "' (expected: 1 to " + MAX_SEGMENT_LENGTH + " characters when escaped)");
        }
        return segment.toString();
    }

    /** Tells whether {@link #escape} writes this segment for some text. */
    public static boolean isEscaped(String segment) {
        return !decoded(segment).isEmpty();
    }

    /**
     * Reads back what {@link #escape} wrote.
     *
     * @throws IllegalArgumentException when the segment is not one that {@link #escape} writes
     */
    public static String unescape(String segment) {
        String text = decoded(segment);
        if (text.isEmpty()) {
            throw new IllegalArgumentException("segment: '" + segment + "' (expected: an escaped name)");
        }
        return text;
    }

    /** Returns the last segment. */
    public String name() {
        return value.substring(value.lastIndexOf('/') + 1);
    }

    @Override
    public int compareTo(ObjectKey other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }

    /** Returns what was expected, or the empty string when the text is a key. */
    private static String problem(String text) {
        if (text.isEmpty() || text.length() > MAX_LENGTH) {
            return "1 to " + MAX_LENGTH + " characters";
        }
        int begin = 0;
        for (int end = segmentEnd(text, 0); begin <= text.length(); end = segmentEnd(text, begin)) {
            int length = end - begin;
            if (length == 0 || length > MAX_SEGMENT_LENGTH) {
                return "segments of 1 to " + MAX_SEGMENT_LENGTH + " characters";
            }
            if (text.charAt(begin) == '.' && (length == 1 || (length == 2 && text.charAt(begin + 1) == '.'))) {
                return "no segment '.' or '..'";
            }
            for (int i = begin; i < end; i++) {
                char c = text.charAt(i);
                if (!isLetterOrDigit(c) && "._=-".indexOf(c) < 0) {
                    return "characters A-Z a-z 0-9 . _ = - in each segment";
                }
            }
            begin = end + 1;
        }
        boolean isReserved = text.startsWith(RESERVED) && segmentEnd(text, 0) == RESERVED.length();
        return isReserved ? "another first segment than '" + RESERVED + "'" : "";
    }

    private static int segmentEnd(String text, int begin) {
        int end = text.indexOf('/', begin);
        return end < 0 ? text.length() : end;
    }

    /** Returns the text that the segment stands for, or the empty string when there is none. */
    private static String decoded(String segment) {
        byte[] bytes = new byte[segment.length()];
        int length = 0;
        for (int i = 0; i < segment.length(); i++) {
            char c = segment.charAt(i);
            boolean isEscape = c == '='
                    && i + 2 < segment.length()
                    && Character.digit(segment.charAt(i + 1), 16) >= 0
                    && Character.digit(segment.charAt(i + 2), 16) >= 0;
            if (isEscape) {
                bytes[length++] = (byte) Integer.parseInt(segment, i + 1, i + 3, 16);
                i += 2;
            } else {
                bytes[length++] = (byte) c;
            }
        }
        String text = new String(bytes, 0, length, StandardCharsets.UTF_8);
        boolean isCanonical = !text.isEmpty()
                && segment.length() <= MAX_SEGMENT_LENGTH
                && escape(text).equals(segment);
        return isCanonical ? text : "";
    }

    private static boolean isLetterOrDigit(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }
}

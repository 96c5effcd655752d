package dev.tidemark.cli.output;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as a person writes them. */
public final class ByteSize {
    private static final Pattern TEXT = Pattern.compile("(\\d{1,15})\\s*([a-z]*)");
    private static final Map<String, Long> UNITS =
            Map.of("", 1L, "b", 1L, "kib", 1L << 10, "mib", 1L << 20, "gib", 1L << 30, "tib", 1L << 40);

    private ByteSize() {}

    /**
     * Reads a size: a number of bytes, or one with {@code KiB}, {@code MiB}, {@code GiB} or {@code TiB} behind it.
     *
     * @return bytes, at least 1
     * @throws IllegalArgumentException when the text is no such size; the message begins with the text
     */
    public static long parse(String text) {
        Matcher matcher = TEXT.matcher(text.toLowerCase(Locale.ROOT).strip());
        Long factor = matcher.matches() ? UNITS.get(matcher.group(2)) : null;
        if (factor == null) {
            throw refused(text);
        }
        long number = Long.parseLong(matcher.group(1));
        if (number < 1 || number > Long.MAX_VALUE / factor) {
            throw refused(text);
        }
        return number * factor;
    }

    private static IllegalArgumentException refused(String text) {
        return new IllegalArgumentException("'" + text + "' (expected: a number of bytes from 1 on, or one as 500MiB)");
    }
}

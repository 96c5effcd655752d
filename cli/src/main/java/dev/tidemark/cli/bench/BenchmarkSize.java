package dev.tidemark.cli.bench;

import dev.tidemark.cli.output.CliException;
import dev.tidemark.cli.output.HumanFormat;
import dev.tidemark.kvs.ErrorCode;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code --size} means for a benchmark.
 *
 * @param unit {@value #BYTES}, or what is counted, in the plural: {@code commits}
 * @param min smallest size
 * @param standard what applies without the option; ends within about a minute
 * @param full the size of the documented run
 * @param max largest size
 */
public record BenchmarkSize(String unit, long min, long standard, long full, long max) {
    /** The unit of sizes that are written as {@code 64MiB}. */
    public static final String BYTES = "bytes";

    private static final Pattern TEXT = Pattern.compile("(\\d{1,18})\\s*([a-z]*)");
    private static final Map<String, Long> BYTE_UNITS =
            Map.of("", 1L, "b", 1L, "kib", 1L << 10, "mib", 1L << 20, "gib", 1L << 30);
    private static final Map<String, Long> COUNT_UNITS = Map.of("", 1L, "k", 1_000L, "m", 1_000_000L);

    /** Checks the order of the sizes. */
    public BenchmarkSize {
        if (min <= 0 || standard < min || full < min || max < Math.max(standard, full)) {
            throw new IllegalArgumentException(
                    "sizes: " + min + ", " + standard + ", " + full + ", " + max + " (expected: within the limits)");
        }
    }

    /**
     * Reads a size: a number, for bytes with {@code KiB}, {@code MiB} or {@code GiB} behind it, for counts with {@code k} or
     * {@code M}.
     *
     * @throws CliException {@link ErrorCode#USAGE} when it is none, or not within the limits
     */
    public long parse(String text) {
        Matcher matcher = TEXT.matcher(text.toLowerCase(Locale.ROOT).strip());
        Long factor = matcher.matches() ? (isBytes() ? BYTE_UNITS : COUNT_UNITS).get(matcher.group(2)) : null;
        if (factor == null) {
            throw refused(text);
        }
        long number = Long.parseLong(matcher.group(1));
        if (number > max / factor || number * factor < min) {
            throw refused(text);
        }
        return number * factor;
    }

    /** Returns a size as a person reads it. */
    public String format(long size) {
        return isBytes() ? HumanFormat.bytes(size) : HumanFormat.count(size) + " " + unit;
    }

    private boolean isBytes() {
        return unit.equals(BYTES);
    }

    private CliException refused(String text) {
        return new CliException(
                ErrorCode.USAGE,
                "--size is '" + text + "' (expected: " + format(min) + " to " + format(max) + ")",
                "Give a number"
                        + (isBytes() ? " with its unit, for example --size 64MiB." : ", for example --size 10k."));
    }
}

package dev.tidemark.coordinator.service.operations;

import dev.tidemark.coordinator.archive.object.ObjectId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names an order: {@code 202611-} and 32 lower-case hexadecimal digits. The month in which it was accepted (UTC) is a folder of the
 * archive, so that old orders are found without looking at the others.
 *
 * @param month when it was accepted
 * @param number by chance, or made from an idempotency key
 */
record OrderId(YearMonth month, ObjectId number) {
    private static final Pattern FORM = Pattern.compile("([0-9]{6})-([0-9a-f]{32})");
    private static final DateTimeFormatter MONTH = DateTimeFormatter.ofPattern("yyyyMM");

    static OrderId at(Instant instant, ObjectId number) {
        return new OrderId(YearMonth.from(instant.atOffset(ZoneOffset.UTC)), number);
    }

    /** Returns the number of an order that a caller names by a key: the same for each request that repeats it. */
    static ObjectId numberOf(String namespace, String by, String key) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256")
                    .digest(String.join("\n", namespace, by, key).getBytes(StandardCharsets.UTF_8));
            ByteBuffer start = ByteBuffer.wrap(hash);
            return new ObjectId(start.getLong(), start.getLong());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Returns nothing for what is no id. */
    static Optional<OrderId> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new OrderId(YearMonth.parse(matcher.group(1), MONTH), ObjectId.parse(matcher.group(2))));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    /** Returns the same number in the month before. */
    OrderId before() {
        return new OrderId(month.minusMonths(1), number);
    }

    /** Returns the name of the folder of its month. */
    static String folder(YearMonth month) {
        return MONTH.format(month);
    }

    @Override
    public String toString() {
        return folder(month) + "-" + number;
    }
}

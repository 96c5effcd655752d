package dev.tidemark.coordinator.operation;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names an operation.
 *
 * @param operationId 1..80 characters of {@code a-z A-Z 0-9 . -}
 * @param type as in {@link OperationSummary#type}
 */
public record OperationIdentity(String operationId, String type) {
    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9][A-Za-z0-9.-]{0,79}");
    private static final Pattern CREATED = Pattern.compile("(.+)-[0-9]{8}-[0-9]{6}-[0-9a-f]{12}");
    private static final Instant EARLIEST = Instant.EPOCH;
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

    /**
     * Checks the id.
     *
     * @throws IllegalArgumentException when it has another form
     */
    public OperationIdentity {
        if (!ALLOWED.matcher(operationId).matches()) {
            throw new IllegalArgumentException(
                    "operation id: '" + operationId + "' (expected: 1 to 80 of A-Z a-z 0-9 . -)");
        }
    }

    /**
     * Tells how to pass by the operations of one type that were begun before a time.
     *
     * @return what every id of this type from that time on comes after; empty when the id was begun then or later, or says no time
     */
    static Optional<String> firstIdSince(String operationId, Instant from) {
        Matcher matcher = CREATED.matcher(operationId);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String first = matcher.group(1) + "-" + TIME.format(from.isBefore(EARLIEST) ? EARLIEST : from);
        return operationId.compareTo(first) < 0 ? Optional.of(first) : Optional.empty();
    }

    /** Creates an id from the time, for people to read and sort, and 48 random bits. */
    public static OperationIdentity create(String type, EngineSeams seams) {
        String time = TIME.format(seams.clock().instant());
        return new OperationIdentity(
                String.format("%s-%s-%012x", type, time, seams.random().nextLong() >>> 16), type);
    }
}

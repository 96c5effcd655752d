package dev.tidemark.coordinator.restore;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.manifest.TimePoint;
import dev.tidemark.kvs.ErrorCode;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;

/** The moment whose state is wanted. */
public sealed interface RestorePoint {
    /** The moment of the backup itself. */
    RestorePoint OF_BACKUP = new OfBackup();

    /** The moment of the backup itself. */
    record OfBackup() implements RestorePoint {}

    /** Everything that committed at or below this timestamp, &gt; 0. */
    record Timestamp(long timestamp) implements RestorePoint {
        /** Checks the range. */
        public Timestamp {
            if (timestamp <= 0) {
                throw new CoordinatorException(
                        ErrorCode.INVALID_INPUT,
                        "timestamp " + timestamp + " (expected: greater than 0)",
                        "Give a timestamp or a time, for example 2026-11-20T12:00:00Z.");
            }
        }
    }

    /** Everything that is known to have committed at or before this time. */
    record Time(Instant instant) implements RestorePoint {}

    /**
     * Reads a timestamp in decimal digits, or a time with its offset from UTC as in RFC 3339.
     *
     * @throws CoordinatorException {@link ErrorCode#INVALID_INPUT} when the text is neither
     */
    static RestorePoint parse(String text) {
        if (text.matches("-?[0-9]+")) {
            try {
                return new Timestamp(Long.parseLong(text));
            } catch (NumberFormatException e) {
                throw unreadable(text, e);
            }
        }
        try {
            return new Time(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeParseException e) {
            throw unreadable(text, e);
        }
    }

    /** Returns the sentence that tells which point stands for a time. */
    static String noteOf(Instant asked, TimePoint found) {
        return "the last known point at or before " + asked + " is timestamp " + found.timestamp() + " at "
                + found.instant();
    }

    private static CoordinatorException unreadable(String text, Exception cause) {
        return new CoordinatorException(
                ErrorCode.INVALID_INPUT,
                "'" + text + "' is no moment (expected: a timestamp in digits, or a time with an offset)",
                "Give a timestamp as 'tidemark backups' shows it, or a time like 2026-11-20T12:00:00Z.",
                cause);
    }
}

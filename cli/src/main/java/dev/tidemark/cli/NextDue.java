package dev.tidemark.cli;

import dev.tidemark.cli.output.CliException;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.status.NextBackup;
import dev.tidemark.kvs.ErrorCode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;

/** When the next backup is due, as an option says it: a time with its offset from UTC, or a duration from now on. */
final class NextDue {
    private NextDue() {}

    /**
     * Understands the option.
     *
     * @param text of the option, or null when it was not given
     * @throws CliException {@link ErrorCode#INVALID_INPUT} when it is neither, not in the future, or so far in it that nobody who
     *     watches the archive would believe it
     */
    static Instant parse(String text, Instant now) {
        if (text == null) {
            return Manifest.NO_NEXT_BACKUP;
        }
        Instant due = instant(text, now);
        if (!due.isAfter(now) || due.isAfter(now.plus(NextBackup.MAX_AHEAD))) {
            throw new CliException(
                    ErrorCode.INVALID_INPUT,
                    "--next-due is " + text + ", which is " + due + " (expected: in the future, at most "
                            + NextBackup.MAX_AHEAD.toDays() + " days from now, " + now + ")",
                    "Correct the option, or the clock of this machine.");
        }
        return due;
    }

    private static Instant instant(String text, Instant now) {
        try {
            boolean isDuration = text.startsWith("P") || text.startsWith("p");
            return isDuration
                    ? now.plus(Duration.parse(text))
                    : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException | ArithmeticException e) {
            throw new CliException(
                    ErrorCode.INVALID_INPUT,
                    "--next-due is '" + text + "' (expected: a time with its offset from UTC, or a duration)",
                    "Give a time such as 2031-05-01T02:00:00Z, or a duration such as PT24H.");
        }
    }
}

package dev.tidemark.coordinator.history;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.kvs.ErrorCode;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;

/** The errors of histories, in one wording. */
final class HistoryErrors {
    private static final String FORMAT_HINT =
            "Correct the program that recorded the history; docs/history-format.rst describes each line.";

    private HistoryErrors() {}

    /** Returns the error for a line that can't be accepted. */
    static CoordinatorException line(Path file, long line, String problem, Throwable cause) {
        return new CoordinatorException(
                ErrorCode.INVALID_INPUT, "history '" + file + "' line " + line + ": " + problem, FORMAT_HINT, cause);
    }

    /** Returns the error for a last line that was not written to its end. */
    static CoordinatorException tornLine(Path file, long line) {
        return new CoordinatorException(
                ErrorCode.INVALID_INPUT,
                "history '" + file + "' line " + line + ": it does not end with a line feed, so the file is cut off",
                "Remove the last line if its recorder was killed, and record that transaction as unknown.");
    }

    /** Returns the error for a file of a later format. */
    static CoordinatorException version(Path file, long found) {
        return new CoordinatorException(
                ErrorCode.UNKNOWN_FORMAT_VERSION,
                "history '" + file + "' has format version " + found + " (expected: " + TransactionLine.VERSION + ")",
                "Use a version of Tidemark that reads this format.");
    }

    /** Returns the error for a file that can't be read. */
    static CoordinatorException unreadable(Path file, IOException cause) {
        return new CoordinatorException(
                ErrorCode.INVALID_INPUT,
                "history '" + file + "' can't be read: " + describe(cause),
                "Name a history file that this user may read.",
                cause);
    }

    /** Returns the error for a file that can't be written. */
    static CoordinatorException unwritable(Path file, IOException cause) {
        String reason = describe(cause);
        if (reason.toLowerCase(Locale.ROOT).contains("no space left")) {
            return new CoordinatorException(
                    ErrorCode.DISK_FULL,
                    "history '" + file + "' can't be written: " + reason,
                    "Free space on the disk of the history.",
                    cause);
        }
        return new CoordinatorException(
                ErrorCode.INVALID_INPUT,
                "history '" + file + "' can't be written: " + reason,
                "Name a new file in a directory that this user may write.",
                cause);
    }

    private static String describe(IOException cause) {
        if (cause instanceof NoSuchFileException) {
            return "there is no such file";
        }
        if (cause instanceof FileAlreadyExistsException) {
            return "it exists already";
        }
        if (cause instanceof AccessDeniedException) {
            return "permission denied";
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}

package dev.tidemark.kvs.files;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/** Translates what a file system reports into the errors of a store. */
public final class FileErrors {
    private FileErrors() {}

    /** A call that fails with what the file system reports. */
    @FunctionalInterface
    public interface FileCall<T> {
        /** Makes the call. */
        T call() throws IOException;
    }

    /** Makes a call and translates what it fails with; action and path as for {@link #translate}. */
    public static <T> T translating(String action, Path path, FileCall<T> call) {
        try {
            return call.call();
        } catch (IOException e) {
            throw translate(action, path, e);
        }
    }

    /**
     * Returns the error that stands for the exception.
     *
     * @param action what could not be done, for example {@code "open"}
     * @param path with what
     */
    public static KeyValueStoreException translate(String action, Path path, IOException cause) {
        String message = "cannot " + action + " '" + path + "': " + describe(cause);
        if (saysDiskFull(cause.getMessage())) {
            return diskFull(message, cause);
        }
        if (cause instanceof AccessDeniedException || saysAccessDenied(cause.getMessage())) {
            return new KeyValueStoreException(
                    ErrorCode.STORE_UNAVAILABLE,
                    message,
                    "Run the command as the user who owns the store's directory.",
                    cause);
        }
        return new KeyValueStoreException(
                ErrorCode.STORE_UNAVAILABLE,
                message,
                hint(cause.getMessage()).orElse("Check the disk of the store's directory."),
                cause);
    }

    /** Returns what to do about a state of the machine that the system's message names; nothing when it names none of these. */
    public static Optional<String> hint(String message) {
        String text = message == null ? "" : message.toLowerCase(Locale.ROOT);
        if (text.contains("read-only file system")) {
            return Optional.of("Make the filesystem writable, then run the same command again.");
        }
        if (text.contains("too many open files")) {
            return Optional.of("Raise the limit of open files (ulimit -n), then run the same command again.");
        }
        if (text.contains("cross-device link")) {
            return Optional.of("Put the whole directory on one filesystem, then run the same command again.");
        }
        return Optional.empty();
    }

    /** Returns the error for a disk or a quota that has no space left. */
    public static KeyValueStoreException diskFull(String message, Exception cause) {
        return new KeyValueStoreException(
                ErrorCode.DISK_FULL,
                message,
                "Free space, or file names (df -i), on the disk of the store's directory, then run the same command again.",
                cause);
    }

    /** Tells whether the system's message means that the disk or the quota is full. */
    public static boolean saysDiskFull(String message) {
        if (message == null) {
            return false;
        }
        String text = message.toLowerCase(Locale.ROOT);
        return text.contains("no space left") || text.contains("quota exceeded") || text.contains("not enough space");
    }

    private static boolean saysAccessDenied(String message) {
        return message != null && message.toLowerCase(Locale.ROOT).contains("permission denied");
    }

    private static String describe(IOException cause) {
        if (cause instanceof AccessDeniedException) {
            return "permission denied";
        }
        return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    }
}

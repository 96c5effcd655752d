package dev.tidemark.timestamp.raft;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.files.FileErrors;
import dev.tidemark.timestamp.TimestampException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/** The errors of a server's own files, and of the cluster. */
final class RaftErrors {
    private RaftErrors() {}

    /** The files can't be trusted; the server must not vote with them. */
    static TimestampException damaged(Path path, String reason, Throwable cause) {
        return new TimestampException(
                ErrorCode.BOUND_STORE_DAMAGED,
                "'" + path + "' is damaged: " + reason,
                "If the other servers run, move this server's data directory away, set 'join: true' and start it:"
                        + " it joins the cluster anew. If none of them does, see docs/timestamp-raft.rst.",
                cause);
    }

    static TimestampException otherVersion(Path path, int version) {
        return new TimestampException(
                ErrorCode.UNKNOWN_FORMAT_VERSION,
                "'" + path + "' has format version " + version + " (expected: 1)",
                "Run the version of Tidemark that wrote it, or a newer one.");
    }

    static TimestampException unavailable(String message, Throwable cause) {
        return new TimestampException(
                ErrorCode.ORACLE_UNAVAILABLE,
                message,
                "Send the request again; if this goes on, see whether a majority of the cluster's servers runs and"
                        + " reaches each other.",
                cause);
    }

    static TimestampException invalid(String message, String hint) {
        return new TimestampException(ErrorCode.INVALID_CONFIGURATION, message, hint);
    }

    /** Translates what writing has thrown. */
    static TimestampException translate(String verb, Path path, Throwable cause) {
        for (Throwable reason = cause; reason != null; reason = reason.getCause()) {
            String text = String.valueOf(reason.getMessage()).toLowerCase(Locale.ROOT);
            if (reason instanceof IOException && (text.contains("no space left") || text.contains("quota exceeded"))) {
                return new TimestampException(
                        ErrorCode.DISK_FULL,
                        "cannot " + verb + " '" + path + "': no space left on the device",
                        "Make room on the device of the server's data directory and restart the server.",
                        cause);
            }
        }
        String reason = cause.getClass().getSimpleName() + ": " + cause.getMessage();
        return new TimestampException(
                ErrorCode.ORACLE_UNAVAILABLE,
                "cannot " + verb + " '" + path + "': " + reason,
                FileErrors.hint(reason)
                        .orElse("Check the device and the permissions of the server's data directory and restart it."),
                cause);
    }
}

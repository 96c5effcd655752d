package dev.tidemark.coordinator.archive.format;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.kvs.ErrorCode;

/** The errors of reading objects, in one wording. */
public final class FormatErrors {
    private static final String DAMAGE_HINT =
            "Run 'tidemark verify' to learn which backups need this object, and restore it from a copy of the archive.";

    private FormatErrors() {}

    /** Returns the error for an object that is not what was written. */
    public static CoordinatorException damaged(String object, String problem) {
        return damaged(object, problem, null);
    }

    /** Returns the error for an object that is not what was written, with the exception that told so. */
    public static CoordinatorException damaged(String object, String problem, Throwable cause) {
        return new CoordinatorException(
                ErrorCode.OBJECT_DAMAGED, "object '" + object + "' is damaged: " + problem, DAMAGE_HINT, cause);
    }

    /** Returns the error for an object of a version that this software does not read. */
    public static CoordinatorException unknownVersion(String object, long found, long known) {
        return new CoordinatorException(
                ErrorCode.UNKNOWN_FORMAT_VERSION,
                "object '" + object + "' has format version " + found + " (expected: " + known + ")",
                "Use a version of Tidemark that reads this format; nothing was changed.");
    }
}

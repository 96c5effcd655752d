package dev.tidemark.coordinator.archive.object;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.kvs.ErrorCode;

/** What every implementation of {@link ObjectStore} checks and says in the same way. */
public final class ObjectStoreChecks {
    private ObjectStoreChecks() {}

    /** Refuses a content that is too large. */
    public static void requireSize(int size) {
        if (size > ObjectStore.MAX_OBJECT_BYTES) {
            throw new IllegalArgumentException(
                    "content: " + size + " bytes (expected: at most " + ObjectStore.MAX_OBJECT_BYTES + ")");
        }
    }

    /** Refuses a range that can't be read. */
    public static void requireRange(long offset, int length) {
        if (offset < 0 || length < 0 || length > ObjectStore.MAX_OBJECT_BYTES) {
            throw new IllegalArgumentException("offset, length: " + offset + ", " + length
                    + " (expected: offset >= 0, length 0.." + ObjectStore.MAX_OBJECT_BYTES + ")");
        }
    }

    /** Refuses a page size out of range. */
    public static void requireLimit(int limit) {
        if (limit < 1 || limit > ObjectStore.MAX_PAGE) {
            throw new IllegalArgumentException("limit: " + limit + " (expected: 1.." + ObjectStore.MAX_PAGE + ")");
        }
    }

    /** Returns the error for a key that is taken. */
    public static CoordinatorException exists(ObjectKey key) {
        return new CoordinatorException(
                ErrorCode.OBJECT_EXISTS, "object '" + key + "' exists already (expected: a new one)", "");
    }

    /** Returns the error for an object that is not there. */
    public static CoordinatorException missing(ObjectKey key) {
        return new CoordinatorException(
                ErrorCode.OBJECT_MISSING,
                "object '" + key + "' is not in the archive",
                "Verify the archive to learn which backups need it.");
    }

    /** Returns the error for an object that is too large to be one of an archive. */
    public static CoordinatorException tooLarge(ObjectKey key, long size) {
        return new CoordinatorException(
                ErrorCode.OBJECT_DAMAGED,
                "object '" + key + "' has " + size + " bytes (expected: at most " + ObjectStore.MAX_OBJECT_BYTES + ")",
                "Verify the archive to learn which backups need it.");
    }
}

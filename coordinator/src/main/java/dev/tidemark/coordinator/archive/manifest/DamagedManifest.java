package dev.tidemark.coordinator.archive.manifest;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.kvs.ErrorCode;

/**
 * A manifest that is there and can't be believed, or not be read by this version.
 *
 * @param backupId id of the backup, from the object's key
 * @param code what kind of wrong
 * @param message what is wrong
 */
public record DamagedManifest(String backupId, ErrorCode code, String message) {
    /** Tells whether the failure to read a manifest means that it is damaged; anything else says nothing about it. */
    public static boolean isMeantBy(CoordinatorException failure) {
        return failure.code() == ErrorCode.MANIFEST_INVALID
                || failure.code() == ErrorCode.OBJECT_DAMAGED
                || failure.code() == ErrorCode.UNKNOWN_FORMAT_VERSION;
    }
}

package dev.tidemark.coordinator.archive.s3;

import dev.tidemark.coordinator.archive.object.ObjectKey;

/**
 * An object, or one version of it.
 *
 * @param versionId empty for whichever is there
 */
record ObjectVersion(ObjectKey key, String versionId) {
    static ObjectVersion latest(ObjectKey key) {
        return new ObjectVersion(key, "");
    }
}

package dev.tidemark.coordinator.archive.key;

import dev.tidemark.coordinator.archive.object.ObjectId;

/**
 * The object {@code ns/NS/keys/KEYID.json}: a data key of a namespace, wrapped by the master key. Without it nothing of the
 * namespace can be read.
 *
 * @param format {@value #FORMAT}
 * @param archiveId the archive
 * @param namespace name of the namespace
 * @param keyId number of the key, &gt;= 1; objects are written with the greatest
 * @param dataKey the wrapped key
 */
public record NamespaceKey(int format, String archiveId, String namespace, int keyId, WrappedKey dataKey) {
    /** The version that this software writes and reads. */
    public static final int FORMAT = 1;

    /** Length of a data key. */
    public static final int BYTES = 32;

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException when a value is outside of its range
     */
    public NamespaceKey {
        ObjectId.parse(archiveId);
        if (keyId < 1) {
            throw new IllegalArgumentException("keyId: " + keyId + " (expected: >= 1)");
        }
    }
}

package dev.tidemark.kvs.node;

/**
 * One immutable file of a snapshot.
 *
 * @param path place relative to the snapshot's root, segments joined by {@code /}; never absolute, no {@code .} or
 *     {@code ..} segment
 * @param sizeBytes length of the content, &gt;= 0
 * @param identity changes whenever the content could have: two files of one node with equal path, size and identity
 *     have equal content. Opaque, 1..200 characters
 */
public record SnapshotFile(String path, long sizeBytes, String identity) {
    /** Checks size and identity; the path is checked by whoever resolves it. */
    public SnapshotFile {
        if (sizeBytes < 0) {
            throw new IllegalArgumentException("sizeBytes: " + sizeBytes + " (expected: >= 0)");
        }
        if (path.isEmpty() || identity.isEmpty() || identity.length() > 200) {
            throw new IllegalArgumentException(
                    "path '" + path + "', identity '" + identity + "' (expected: not empty)");
        }
    }
}

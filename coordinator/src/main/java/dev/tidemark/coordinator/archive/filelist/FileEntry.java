package dev.tidemark.coordinator.archive.filelist;

import dev.tidemark.coordinator.archive.chunk.ChunkId;
import dev.tidemark.kvs.Bytes;
import java.util.List;

/**
 * A file of one node in one backup.
 *
 * @param path place relative to the snapshot's root, see {@link FilePath}
 * @param sizeBytes length of the content, &gt;= 0
 * @param identity the node's word for the file's content, 1..200 characters: a file of a later snapshot with equal path, size
 *     and identity needs no reading
 * @param sha256 SHA-256 of the content, 32 bytes
 * @param chunks the content in order, in pieces of the archive's chunk size; the last one may be shorter
 */
public record FileEntry(String path, long sizeBytes, String identity, Bytes sha256, List<ChunkId> chunks) {
    /** Copies the list and checks the simple facts. */
    public FileEntry {
        chunks = List.copyOf(chunks);
        if (sizeBytes < 0) {
            throw new IllegalArgumentException("sizeBytes: " + sizeBytes + " (expected: >= 0)");
        }
        if (identity.isEmpty() || identity.length() > 200) {
            throw new IllegalArgumentException("identity: '" + identity + "' (expected: 1 to 200 characters)");
        }
        if (sha256.length() != 32) {
            throw new IllegalArgumentException("sha256: " + sha256.length() + " bytes (expected: 32)");
        }
    }
}

package dev.tidemark.coordinator.archive.chunk;

import dev.tidemark.coordinator.archive.object.ObjectId;

/**
 * Where a chunk is.
 *
 * @param pack id of the pack
 * @param packSizeBytes length of the pack
 * @param keyId data key of the pack
 * @param offset first byte in the pack
 * @param storedLength bytes in the pack
 * @param rawLength bytes of the plaintext
 */
public record ChunkLocation(ObjectId pack, int packSizeBytes, int keyId, int offset, int storedLength, int rawLength) {
    /** Returns the first byte in the pack behind the chunk. */
    int end() {
        return offset + storedLength;
    }
}

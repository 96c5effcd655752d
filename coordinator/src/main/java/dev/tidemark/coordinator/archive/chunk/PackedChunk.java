package dev.tidemark.coordinator.archive.chunk;

import java.nio.ByteBuffer;

/**
 * A chunk and its place in a pack; 44 bytes in tables and index objects.
 *
 * @param offset where it begins in the pack, bytes
 * @param storedLength its length there
 * @param rawLength length of the plaintext
 */
record PackedChunk(ChunkId id, int offset, int storedLength, int rawLength) {
    static final int BYTES = ChunkId.BYTES + 3 * Integer.BYTES;

    void write(ByteBuffer target) {
        target.put(id.toArray()).putInt(offset).putInt(storedLength).putInt(rawLength);
    }

    /** Reads one and checks that it lies in the pack. */
    static PackedChunk read(ByteBuffer source, int packSize, int chunkSize) {
        PackedChunk chunk = new PackedChunk(ChunkId.read(source), source.getInt(), source.getInt(), source.getInt());
        boolean isInside = chunk.offset >= Pack.HEADER_BYTES
                && chunk.storedLength > 0
                && (long) chunk.offset + chunk.storedLength <= packSize;
        if (!isInside || chunk.rawLength < 1 || chunk.rawLength > chunkSize) {
            throw new IllegalArgumentException("a chunk lies outside of its pack or has an impossible length");
        }
        return chunk;
    }
}

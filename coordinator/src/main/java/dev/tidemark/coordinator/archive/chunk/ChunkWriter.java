package dev.tidemark.coordinator.archive.chunk;

import java.nio.ByteBuffer;

/** skeleton: thread-safe; the calling threads compress, encrypt and upload. */
public final class ChunkWriter {
    /** Stores 1..chunkSizeBytes bytes; the buffer's content may be reused after the return. */
    public ChunkRef store(ByteBuffer plaintext) {
        throw new UnsupportedOperationException();
    }

    public ChunkCounts flush() {
        throw new UnsupportedOperationException();
    }
}

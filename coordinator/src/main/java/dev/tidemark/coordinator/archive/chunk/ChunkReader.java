package dev.tidemark.coordinator.archive.chunk;

/** skeleton: one per thread. */
public final class ChunkReader {
    public byte[] read(ChunkId id) {
        throw new UnsupportedOperationException();
    }
}

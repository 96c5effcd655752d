package dev.tidemark.coordinator.archive.chunk;

/** skeleton */
public final class ChunkIndex {
    public boolean contains(ChunkId id) {
        throw new UnsupportedOperationException();
    }

    public long chunks() {
        throw new UnsupportedOperationException();
    }
}

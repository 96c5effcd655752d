package dev.tidemark.coordinator.archive.chunk;

/**
 * A chunk that was handed to a {@link ChunkWriter}.
 *
 * @param rawLength bytes of the plaintext
 * @param isNew false when the archive, or this run, had the chunk already
 */
public record ChunkRef(ChunkId id, int rawLength, boolean isNew) {}

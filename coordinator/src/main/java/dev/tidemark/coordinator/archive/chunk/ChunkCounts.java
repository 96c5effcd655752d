package dev.tidemark.coordinator.archive.chunk;

/**
 * What a {@link ChunkWriter} has done since it was made.
 *
 * @param newChunks chunks that the archive did not have
 * @param newRawBytes their bytes before compression
 * @param newStoredBytes bytes of the packs and index objects that were created, after compression and encryption
 */
public record ChunkCounts(long newChunks, long newRawBytes, long newStoredBytes) {}

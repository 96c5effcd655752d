package dev.tidemark.coordinator.archive;

import java.time.Instant;

/** skeleton */
public record ArchiveHeader(int format, String archiveId, Instant createdAt, int chunkSizeBytes) {}

package dev.tidemark.coordinator.archive.object;

/**
 * What a store says of an object without reading it.
 *
 * @param sizeBytes length of the content, 0..{@link ObjectStore#MAX_OBJECT_BYTES}
 */
public record ObjectInfo(ObjectKey key, long sizeBytes) {}

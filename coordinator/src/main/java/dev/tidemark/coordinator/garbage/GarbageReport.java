package dev.tidemark.coordinator.garbage;

/**
 * What a garbage collection has done.
 *
 * @param namespace the namespace
 * @param operationId the operation
 * @param condemnedObjects objects that nothing needs and that later runs will remove
 * @param condemnedBytes their bytes
 * @param removedObjects objects that were removed
 * @param rescuedObjects condemned objects that were found to be needed, and stay
 * @param refusedObjects objects that the store would not remove; they stay condemned
 * @param repackedPacks packs of which little was needed, and whose needed chunks are in other packs by now
 * @param repackedBytes bytes of these chunks
 * @param abortedUploads uploads in parts that a crash had left, and that are gone
 */
public record GarbageReport(
        String namespace,
        String operationId,
        long condemnedObjects,
        long condemnedBytes,
        long removedObjects,
        long rescuedObjects,
        long refusedObjects,
        int repackedPacks,
        long repackedBytes,
        long abortedUploads) {}

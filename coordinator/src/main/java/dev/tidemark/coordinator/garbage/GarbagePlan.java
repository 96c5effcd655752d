package dev.tidemark.coordinator.garbage;

/**
 * What a garbage collection would do.
 *
 * @param namespace the namespace
 * @param backups backups whose needs were looked at
 * @param neededObjects objects that they need, of the kinds that garbage collection removes
 * @param neededBytes their bytes
 * @param newObjects objects that nothing needs and that would be condemned
 * @param newBytes their bytes
 * @param waitingObjects condemned objects whose grace has not passed
 * @param waitingBytes their bytes
 * @param dueObjects condemned objects that would be removed
 * @param dueBytes their bytes
 * @param orphanedUploads uploads in parts that a crash has left and that would be aborted; no more than 1,000 are counted
 */
public record GarbagePlan(
        String namespace,
        int backups,
        long neededObjects,
        long neededBytes,
        long newObjects,
        long newBytes,
        long waitingObjects,
        long waitingBytes,
        long dueObjects,
        long dueBytes,
        int orphanedUploads) {}

package dev.tidemark.coordinator.datakey;

import dev.tidemark.coordinator.archive.Tombstone;

/**
 * A shredding that has ended.
 *
 * @param operationId the operation
 * @param isResumed whether an earlier process had begun it
 * @param tombstone the mark that it has left
 * @param removed objects that were removed after the keys
 * @param left objects that the store refuses to delete; nobody can read them
 */
public record ShredReport(String operationId, boolean isResumed, Tombstone tombstone, long removed, long left) {}

package dev.tidemark.coordinator.rewind;

import dev.tidemark.coordinator.restore.RestorePoint;
import java.util.Objects;

/**
 * What to rewind.
 *
 * @param namespace a namespace of the configuration
 * @param point the moment whose state is wanted; not {@link RestorePoint#OF_BACKUP}
 */
public record RewindRequest(String namespace, RestorePoint point) {
    /** Checks both parts. */
    public RewindRequest {
        Objects.requireNonNull(namespace, "namespace");
        if (point instanceof RestorePoint.OfBackup) {
            throw new IllegalArgumentException("point: of a backup (expected: a timestamp or a time)");
        }
    }
}

package dev.tidemark.coordinator.datakey;

import java.time.Instant;
import java.util.List;

/**
 * What a shredding would destroy.
 *
 * @param namespace name of the namespace
 * @param lastKeyId the data keys up to this one would be destroyed
 * @param backups what can't be read any more afterwards, the oldest first
 * @param damagedManifests number of manifests that can't be believed even now
 */
public record ShredPlan(String namespace, int lastKeyId, List<Lost> backups, int damagedManifests) {
    /** Copies the list. */
    public ShredPlan {
        backups = List.copyOf(backups);
    }

    /**
     * A backup that would be lost.
     *
     * @param timeAtBackupTimestamp the state that it holds
     * @param rawBytes size of the files in it
     */
    public record Lost(String backupId, Instant timeAtBackupTimestamp, long rawBytes) {}
}

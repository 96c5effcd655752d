package dev.tidemark.coordinator.service.view;

import dev.tidemark.coordinator.archive.manifest.BackupOrigin;
import dev.tidemark.coordinator.catalog.BackupSummary;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A backup in a list. Timestamps are the oracle's; times are RFC 3339.
 *
 * @param backup its id
 * @param sequence its number in the namespace
 * @param createdAt when it began
 * @param finishedAt when it was committed
 * @param immutableTimestamp immutable timestamp under the hold
 * @param backupTimestamp what is restored: every commit at or below it
 * @param timeAtBackupTimestamp time of the state that it holds
 * @param fastForwardTimestamp greater than every timestamp in its snapshots
 * @param earliestRestorableTimestamp the lowest timestamp that can be restored from it
 * @param settled whether every commit at or below the backup timestamp had its outcome recorded before the first snapshot
 * @param degraded whether a replica is missing
 * @param files number of files
 * @param rawBytes bytes of all files
 * @param newRawBytes bytes that the archive did not have, before compression
 * @param reusedBytes bytes of the files that were in the archive already
 * @param storedBytes bytes that were added to the archive
 * @param labels free text by name
 * @param nextBackupDue when the next backup was to be taken, or null when nobody said
 * @param origins where it was taken over from, by an import or by copies between archives
 */
public record BackupView(
        String backup,
        long sequence,
        Instant createdAt,
        Instant finishedAt,
        long immutableTimestamp,
        long backupTimestamp,
        Instant timeAtBackupTimestamp,
        long fastForwardTimestamp,
        long earliestRestorableTimestamp,
        boolean settled,
        boolean degraded,
        long files,
        long rawBytes,
        long newRawBytes,
        long reusedBytes,
        long storedBytes,
        Map<String, String> labels,
        Instant nextBackupDue,
        List<BackupOrigin> origins) {
    /** Returns the view of a backup. */
    public static BackupView of(BackupSummary summary) {
        return new BackupView(
                summary.backupId(),
                summary.sequence(),
                summary.createdAt(),
                summary.finishedAt(),
                summary.immutableTimestamp(),
                summary.backupTimestamp(),
                summary.timeAtBackupTimestamp(),
                summary.fastForwardTimestamp(),
                summary.earliestRestorableTimestamp(),
                summary.isSettled(),
                summary.isDegraded(),
                summary.sizes().files(),
                summary.sizes().rawBytes(),
                summary.sizes().newRawBytes(),
                summary.sizes().reusedBytes(),
                summary.sizes().storedBytes(),
                summary.labels(),
                summary.findNextBackupDue().orElse(null),
                summary.origins());
    }
}

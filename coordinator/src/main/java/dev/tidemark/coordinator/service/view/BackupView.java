package dev.tidemark.coordinator.service.view;

import dev.tidemark.coordinator.catalog.BackupSummary;
import java.time.Instant;
import java.util.Map;

/**
 * A backup in a list. Timestamps are the oracle's; times are RFC 3339.
 *
 * @param backup its id
 * @param createdAt when it began
 * @param finishedAt when it was committed
 * @param backupTimestamp what is restored: every commit at or below it
 * @param timeAtBackupTimestamp time of the state that it holds
 * @param fastForwardTimestamp greater than every timestamp in its snapshots
 * @param earliestRestorableTimestamp the lowest timestamp that can be restored from it
 * @param settled whether every commit at or below the backup timestamp had its outcome recorded before the first snapshot
 * @param degraded whether a replica is missing
 * @param files number of files
 * @param rawBytes bytes of all files
 * @param storedBytes bytes that were added to the archive
 * @param labels free text by name
 */
public record BackupView(
        String backup,
        Instant createdAt,
        Instant finishedAt,
        long backupTimestamp,
        Instant timeAtBackupTimestamp,
        long fastForwardTimestamp,
        long earliestRestorableTimestamp,
        boolean settled,
        boolean degraded,
        long files,
        long rawBytes,
        long storedBytes,
        Map<String, String> labels) {
    static BackupView of(BackupSummary summary) {
        return new BackupView(
                summary.backupId(),
                summary.createdAt(),
                summary.finishedAt(),
                summary.backupTimestamp(),
                summary.timeAtBackupTimestamp(),
                summary.fastForwardTimestamp(),
                summary.earliestRestorableTimestamp(),
                summary.isSettled(),
                summary.isDegraded(),
                summary.sizes().files(),
                summary.sizes().rawBytes(),
                summary.sizes().storedBytes(),
                summary.labels());
    }
}

package dev.tidemark.coordinator.catalog;

import dev.tidemark.coordinator.archive.manifest.BackupOrigin;
import dev.tidemark.coordinator.archive.manifest.BackupSizes;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The part of a manifest that lists of backups show; its size does not grow with the backup. The fields are those of
 * {@link Manifest}.
 *
 * @param namespace name of the namespace
 * @param backupId id of the backup
 * @param sequence its number in the namespace
 * @param parentBackupId the backup before it, for reporting only; empty for the first
 * @param createdAt when it began
 * @param finishedAt when its manifest was written
 * @param immutableTimestamp immutable timestamp under the hold
 * @param backupTimestamp what is restored: every commit at or below it
 * @param fastForwardTimestamp greater than every timestamp in its snapshots
 * @param timeAtBackupTimestamp time of the state that it holds
 * @param earliestRestorableTimestamp the lowest timestamp that can be restored from it
 * @param isSettled whether every commit at or below the backup timestamp had its outcome recorded before the first snapshot
 * @param isDegraded whether a replica is missing
 * @param sizes how much it holds and added
 * @param labels free text by name
 * @param origins where it was taken over from
 * @param nextBackupDue when the next backup was to be taken; the epoch when nobody said
 */
public record BackupSummary(
        String namespace,
        String backupId,
        long sequence,
        String parentBackupId,
        Instant createdAt,
        Instant finishedAt,
        long immutableTimestamp,
        long backupTimestamp,
        long fastForwardTimestamp,
        Instant timeAtBackupTimestamp,
        long earliestRestorableTimestamp,
        boolean isSettled,
        boolean isDegraded,
        BackupSizes sizes,
        Map<String, String> labels,
        List<BackupOrigin> origins,
        Instant nextBackupDue) {
    /** Returns when the next backup was to be taken; empty when nobody said. */
    public Optional<Instant> findNextBackupDue() {
        return Optional.of(nextBackupDue).filter(due -> !due.equals(Manifest.NO_NEXT_BACKUP));
    }

    /** Returns the summary of a manifest. */
    public static BackupSummary of(Manifest manifest) {
        return new BackupSummary(
                manifest.namespace(),
                manifest.backupId(),
                manifest.sequence(),
                manifest.parentBackupId(),
                manifest.createdAt(),
                manifest.finishedAt(),
                manifest.immutableTimestamp(),
                manifest.backupTimestamp(),
                manifest.fastForwardTimestamp(),
                manifest.timeAtBackupTimestamp(),
                manifest.earliestRestorableTimestamp(),
                manifest.cut().isSettled(),
                manifest.cut().isDegraded(),
                manifest.sizes(),
                manifest.labels(),
                manifest.origins(),
                manifest.nextBackupDue());
    }
}

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

package dev.tidemark.coordinator.status;

import dev.tidemark.coordinator.catalog.BackupSummary;
import java.time.Duration;
import java.time.Instant;

/**
 * The newest backup whose manifest can be believed and of which no damage is known.
 *
 * @param backupId its id; empty when there is none
 * @param backupTimestamp B; 0 when there is none
 * @param fastForwardTimestamp F; 0 when there is none
 * @param timeAtBackupTimestamp time of the state that it holds; the epoch when there is none
 * @param finishedAt when its manifest was written; the epoch when there is none
 * @param age of that state, at least zero
 * @param duration from its beginning to its manifest, at least zero
 * @param isDegraded whether a replica is missing
 */
public record GoodBackup(
        String backupId,
        long backupTimestamp,
        long fastForwardTimestamp,
        Instant timeAtBackupTimestamp,
        Instant finishedAt,
        Duration age,
        Duration duration,
        boolean isDegraded) {
    /** Stands for no good backup. */
    static final GoodBackup NONE =
            new GoodBackup("", 0, 0, Instant.EPOCH, Instant.EPOCH, Duration.ZERO, Duration.ZERO, false);

    static GoodBackup of(BackupSummary backup, Instant now) {
        return new GoodBackup(
                backup.backupId(),
                backup.backupTimestamp(),
                backup.fastForwardTimestamp(),
                backup.timeAtBackupTimestamp(),
                backup.finishedAt(),
                between(backup.timeAtBackupTimestamp(), now),
                between(backup.createdAt(), backup.finishedAt()),
                backup.isDegraded());
    }

    private static Duration between(Instant from, Instant to) {
        return to.isAfter(from) ? Duration.between(from, to) : Duration.ZERO;
    }

    /** Tells whether there is one. */
    public boolean isPresent() {
        return !backupId.isEmpty();
    }
}

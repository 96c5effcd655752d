package dev.tidemark.coordinator.restore;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.archive.manifest.TimePoint;
import dev.tidemark.coordinator.catalog.BackupSummary;
import dev.tidemark.coordinator.catalog.Catalog;
import dev.tidemark.coordinator.catalog.TimeIndex;
import dev.tidemark.coordinator.operation.Operations;
import dev.tidemark.coordinator.operation.RecordsCheck;
import dev.tidemark.kvs.ErrorCode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Finds the backup and the timestamp that a request means. A backup can be restored to any timestamp from its earliest
 * restorable one to its backup timestamp: its files hold every version that is visible there, and what committed later is
 * aborted.
 */
final class RestoreChooser {
    private final NamespaceArchive archive;
    private final Operations operations;
    private final Catalog catalog;

    RestoreChooser(NamespaceArchive archive, Operations operations) {
        this.archive = archive;
        this.operations = operations;
        this.catalog = new Catalog(archive);
    }

    RestoreChoice choose(RestoreRequest request) {
        boolean isLatest = request.backupId().equals(RestoreRequest.LATEST);
        if (request.point() instanceof RestorePoint.OfBackup) {
            Manifest manifest = catalog.find(request.backupId());
            if (isLatest) {
                requireNoneMissing(manifest);
            }
            return new RestoreChoice(
                    manifest.backupId(),
                    manifest.backupTimestamp(),
                    request.existingData(),
                    request.tables(),
                    List.of());
        }
        List<String> notes = new ArrayList<>();
        long target;
        if (request.point() instanceof RestorePoint.Time time) {
            TimePoint point = pointOf(time.instant());
            target = point.timestamp();
            notes.add(RestorePoint.noteOf(time.instant(), point));
        } else {
            target = ((RestorePoint.Timestamp) request.point()).timestamp();
        }
        BackupSummary backup = isLatest ? oldestWith(target) : named(request.backupId(), target);
        return new RestoreChoice(backup.backupId(), target, request.existingData(), request.tables(), notes);
    }

    private TimePoint pointOf(Instant instant) {
        TimeIndex index = TimeIndex.ofArchive(archive);
        TimePoint point = index.atOrBefore(instant);
        TimePoint last = index.last().orElseThrow();
        if (instant.isAfter(last.instant())) {
            throw outOfRange(
                    instant + " is in the future of every backup of namespace '" + archive.namespace()
                            + "' (expected: at most " + last.instant() + ")",
                    "Choose an earlier time, or rewind the live store if it is still there.");
        }
        return point;
    }

    private BackupSummary named(String backupId, long target) {
        BackupSummary backup = BackupSummary.of(catalog.find(backupId));
        if (!canRestore(backup, target)) {
            throw outOfRange(
                    "backup '" + backupId + "' can't be restored to timestamp " + target + " (expected: "
                            + range(backup) + ")",
                    "Choose a timestamp in this range, or leave out --backup to have the backup found.");
        }
        return backup;
    }

    /** The oldest that will do holds the fewest commits to abort, and the time line as it was nearest to that moment. */
    private BackupSummary oldestWith(long target) {
        List<BackupSummary> backups = catalog.list().backups();
        return backups.stream()
                .filter(backup -> canRestore(backup, target))
                .min(Comparator.comparingLong(BackupSummary::backupTimestamp))
                .orElseThrow(() -> noneFor(target, backups));
    }

    private CoordinatorException noneFor(long target, List<BackupSummary> backups) {
        Optional<BackupSummary> newest = backups.stream().max(Comparator.comparingLong(BackupSummary::backupTimestamp));
        if (newest.isEmpty()) {
            return new CoordinatorException(
                    ErrorCode.UNKNOWN_BACKUP,
                    "namespace '" + archive.namespace() + "' has no backup that can be read",
                    "Run 'tidemark backup' first.");
        }
        if (target > newest.get().backupTimestamp()) {
            return outOfRange(
                    "timestamp " + target + " is in the future of every backup of namespace '" + archive.namespace()
                            + "' (expected: at most " + newest.get().backupTimestamp() + ", of backup '"
                            + newest.get().backupId() + "')",
                    "Choose an earlier moment, or rewind the live store if it is still there.");
        }
        Optional<BackupSummary> before = backups.stream()
                .filter(backup -> backup.backupTimestamp() < target)
                .max(Comparator.comparingLong(BackupSummary::backupTimestamp));
        Optional<BackupSummary> after = backups.stream()
                .filter(backup -> backup.earliestRestorableTimestamp() > target)
                .min(Comparator.comparingLong(BackupSummary::earliestRestorableTimestamp));
        String choices = before.map(backup -> range(backup) + " of backup '" + backup.backupId() + "'")
                .map(text -> after.map(
                                backup -> text + ", or " + range(backup) + " of backup '" + backup.backupId() + "'")
                        .orElse(text))
                .or(() -> after.map(backup -> range(backup) + " of backup '" + backup.backupId() + "'"))
                .orElseThrow();
        return outOfRange(
                "timestamp " + target + " can't be restored: garbage collection had passed it when the next backup was"
                        + " taken (expected: " + choices + ")",
                "Choose a moment in one of these ranges.");
    }

    private static boolean canRestore(BackupSummary backup, long target) {
        return backup.earliestRestorableTimestamp() <= target && target <= backup.backupTimestamp();
    }

    private static String range(BackupSummary backup) {
        return Math.max(1, backup.earliestRestorableTimestamp()) + ".." + backup.backupTimestamp();
    }

    private static CoordinatorException outOfRange(String message, String hint) {
        return new CoordinatorException(ErrorCode.TIMESTAMP_OUT_OF_RANGE, message, hint);
    }

    /** An older state must not be restored unnoticed when the manifest of a later backup is gone. */
    private void requireNoneMissing(Manifest manifest) {
        new RecordsCheck(archive, RecordsCheck.Extent.ENDS)
                .completedBackups().stream()
                        .filter(id -> archive.store()
                                .head(archive.layout().manifest(id))
                                .isEmpty())
                        .filter(id -> operations
                                .journal()
                                .summary(id)
                                .orElseThrow()
                                .startedAt()
                                .isAfter(manifest.createdAt()))
                        .findFirst()
                        .ifPresent(id -> {
                            throw new CoordinatorException(
                                    ErrorCode.OBJECT_MISSING,
                                    "the latest backup of namespace '" + archive.namespace() + "' is not known: '" + id
                                            + "' was completed, and its manifest '"
                                            + archive.layout().manifest(id) + "' is missing",
                                    "Restore the manifest from a copy of the archive, or name a backup by its id; the newest"
                                            + " one that can be read is '" + manifest.backupId() + "'.");
                        });
    }
}

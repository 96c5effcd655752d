package dev.tidemark.coordinator.catalog;

import dev.tidemark.coordinator.archive.manifest.DamagedManifest;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The backups of a namespace.
 *
 * @param backups those whose manifests can be believed, newest first: by backup timestamp, whenever they came into the archive
 * @param damaged the other manifests, in the order of their ids; whether they are newer or older is not known
 */
public record BackupList(List<BackupSummary> backups, List<DamagedManifest> damaged) {
    /**
     * By what was backed up: a backup that was taken over from another archive has its place among the others, whenever it came.
     * The sequence decides between backups of one timestamp, which are copies of each other.
     */
    private static final Comparator<BackupSummary> NEWEST_FIRST = Comparator.comparingLong(
                    BackupSummary::backupTimestamp)
            .thenComparingLong(BackupSummary::sequence)
            .reversed();

    /** Copies the lists. */
    public BackupList {
        backups = List.copyOf(backups);
        damaged = List.copyOf(damaged);
    }

    /** Puts backups that were read in any order into theirs. */
    public static BackupList sorted(List<BackupSummary> backups, List<DamagedManifest> damaged) {
        return new BackupList(backups.stream().sorted(NEWEST_FIRST).toList(), damaged);
    }

    /** Returns the newest of {@link #backups}. */
    public Optional<BackupSummary> newest() {
        return backups.stream().findFirst();
    }

    /**
     * Returns the damaged manifests that may belong to a backup newer than {@link #newest}. One that a later backup, whose
     * manifest is signed, names as its parent is older for certain.
     */
    public List<DamagedManifest> perhapsNewer() {
        Set<String> parents =
                backups.stream().map(BackupSummary::parentBackupId).collect(Collectors.toSet());
        return damaged.stream()
                .filter(manifest -> !parents.contains(manifest.backupId()))
                .toList();
    }

    /**
     * Returns the lower end, inclusive, of the start timestamps that a transaction which committed above the target can have: a
     * transaction that commits above a backup timestamp has started at or above the immutable timestamp of that backup's hold.
     * Backups that were taken over from other archives say nothing: nobody has proven that they are of the same sequence.
     *
     * @return 1 when no backup says more
     */
    public long firstStartOfCommitsAbove(long target) {
        return backups.stream()
                .filter(backup -> backup.origins().isEmpty() && backup.backupTimestamp() <= target)
                .mapToLong(BackupSummary::immutableTimestamp)
                .reduce(1, Math::max);
    }
}

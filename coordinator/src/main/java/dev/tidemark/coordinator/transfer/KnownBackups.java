package dev.tidemark.coordinator.transfer;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.manifest.DamagedManifest;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.catalog.BackupSummary;
import dev.tidemark.coordinator.catalog.Catalog;
import dev.tidemark.kvs.ErrorCode;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What an archive has of a namespace already, as far as it concerns a backup that comes in. */
public final class KnownBackups {
    /** How often the clean-up of one backup's transfers may have used up an id. */
    private static final int MAX_IDS = 100;

    private final NamespaceArchive archive;
    private final List<BackupSummary> backups;

    /** Reads all manifests. */
    public KnownBackups(NamespaceArchive archive) {
        this.archive = archive;
        backups = new Catalog(archive).backups();
    }

    /**
     * Returns the id of the same backup, if it is there: it was taken over before, directly or through another archive, or it comes back
     * to the archive that it is from.
     */
    public Optional<String> find(BackupSummary incoming, String archiveId) {
        Set<Identity> wanted = identities(incoming, archiveId);
        return backups.stream()
                .filter(backup -> !Collections.disjoint(identities(backup, archive.archiveId()), wanted))
                .map(BackupSummary::backupId)
                .findFirst();
    }

    Optional<String> find(BackupSource source) {
        return find(BackupSummary.of(source.manifest()), source.manifest().archiveId());
    }

    private static Set<Identity> identities(BackupSummary backup, String archiveId) {
        Set<Identity> identities = new HashSet<>();
        identities.add(new Identity(archiveId, backup.namespace(), backup.backupId()));
        backup.origins()
                .forEach(origin ->
                        identities.add(new Identity(origin.archiveId(), origin.namespace(), origin.backupId())));
        return identities;
    }

    /** Returns the newest backup; its chunks are likely to be those that are needed. */
    String newestId() {
        return backups.stream().findFirst().map(BackupSummary::backupId).orElse("");
    }

    /** Opens a backup whose chunks may be taken over; none when its manifest can't be used. */
    static Optional<Manifest> open(NamespaceArchive archive, String backupId) {
        if (backupId.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(archive.manifests().read(backupId));
        } catch (CoordinatorException e) {
            if (!DamagedManifest.isMeantBy(e) && e.code() != ErrorCode.UNKNOWN_BACKUP) {
                throw e;
            }
            return Optional.empty();
        }
    }

    /**
     * Chooses the id of a backup that comes in: the wanted one, or with a number behind it where a transfer was given up at its very
     * end, which nobody must complete any more.
     *
     * @throws CoordinatorException {@link ErrorCode#OBJECT_EXISTS} when another backup has the id
     */
    String freeId(String wanted) {
        List<String> taken = archive.manifests().backupIds();
        for (int number = 1; number <= MAX_IDS; number++) {
            String id = number == 1 ? wanted : wanted + "." + number;
            if (taken.contains(id)) {
                throw new CoordinatorException(
                        ErrorCode.OBJECT_EXISTS,
                        "namespace '" + archive.namespace() + "' has another backup '" + id + "'",
                        "Choose another id with --as.");
            }
            if (Manifest.isBackupId(id)
                    && archive.store().head(archive.layout().manifest(id)).isEmpty()) {
                return id;
            }
        }
        throw new CoordinatorException(
                ErrorCode.OBJECT_EXISTS, "no id is left for backup '" + wanted + "'", "Choose another id with --as.");
    }

    /**
     * Checks that a backup has a place in the order of those that are there: in one sequence of timestamps a later state has a later
     * time. Whatever leads from times to timestamps, or takes the newest backup for the latest, relies on it.
     *
     * @throws CoordinatorException {@link ErrorCode#TIMESTAMP_OUT_OF_RANGE} when it contradicts one that is there
     */
    void requireSameSequence(Manifest incoming) {
        for (BackupSummary backup : backups) {
            int byTimestamp = Long.compare(incoming.backupTimestamp(), backup.backupTimestamp());
            int byTime = incoming.timeAtBackupTimestamp().compareTo(backup.timeAtBackupTimestamp());
            boolean isContradiction = byTimestamp == 0 ? byTime != 0 : byTimestamp > 0 ? byTime < 0 : byTime > 0;
            if (isContradiction) {
                throw new CoordinatorException(
                        ErrorCode.TIMESTAMP_OUT_OF_RANGE,
                        "backup '" + incoming.backupId() + "' has timestamp " + incoming.backupTimestamp() + " at "
                                + incoming.timeAtBackupTimestamp() + ", which contradicts backup '" + backup.backupId()
                                + "' of namespace '" + archive.namespace() + "' with timestamp "
                                + backup.backupTimestamp() + " at " + backup.timeAtBackupTimestamp()
                                + " (expected: a backup of the same sequence of timestamps)",
                        "Take the backup into a namespace with another name.");
            }
        }
    }

    /** A backup of an archive, wherever copies of it are. */
    private record Identity(String archiveId, String namespace, String backupId) {}
}

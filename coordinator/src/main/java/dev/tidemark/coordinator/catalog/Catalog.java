package dev.tidemark.coordinator.catalog;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.manifest.DamagedManifest;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.kvs.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The backups of one namespace, read from its manifests each time, one manifest in memory. A damaged manifest costs its own
 * backup and no other. Thread-safe.
 */
public final class Catalog {
    /** Stands for the newest backup. */
    public static final String LATEST = "latest";

    private static final int MAX_NAMED = 5;

    private final NamespaceArchive archive;

    /** Creates the catalog of a namespace. */
    public Catalog(NamespaceArchive archive) {
        this.archive = archive;
    }

    /** Returns all backups, and the manifests that can't be believed. */
    public BackupList list() {
        List<BackupSummary> backups = new ArrayList<>();
        List<DamagedManifest> damaged =
                archive.manifests().forEach(manifest -> backups.add(BackupSummary.of(manifest)));
        return BackupList.sorted(backups, damaged);
    }

    /** Returns the backups of {@link #list}, newest first. */
    public List<BackupSummary> backups() {
        return list().backups();
    }

    /**
     * Returns one backup.
     *
     * @param backupId its id, or {@link #LATEST}
     * @throws CoordinatorException {@link ErrorCode#UNKNOWN_BACKUP} when there is none, {@link ErrorCode#MANIFEST_INVALID} when
     *     its manifest can't be believed, {@link ErrorCode#UNKNOWN_FORMAT_VERSION} when it is of a later version, and either
     *     when it is not certain which backup is the newest because a manifest that may be of a newer one can't be used
     */
    public Manifest find(String backupId) {
        return archive.manifests().read(backupId.equals(LATEST) ? latestId() : backupId);
    }

    private String latestId() {
        BackupList list = list();
        List<DamagedManifest> perhapsNewer = list.perhapsNewer();
        if (!perhapsNewer.isEmpty()) {
            boolean isAllOfLaterVersions =
                    perhapsNewer.stream().allMatch(manifest -> manifest.code() == ErrorCode.UNKNOWN_FORMAT_VERSION);
            throw new CoordinatorException(
                    isAllOfLaterVersions ? ErrorCode.UNKNOWN_FORMAT_VERSION : ErrorCode.MANIFEST_INVALID,
                    "the latest backup of namespace '" + archive.namespace() + "' is not known: "
                            + perhapsNewer.stream()
                                    .limit(MAX_NAMED)
                                    .map(manifest -> "the manifest of '" + manifest.backupId() + "' can't be used ("
                                            + manifest.message() + ")")
                                    .collect(Collectors.joining(", "))
                            + (perhapsNewer.size() > MAX_NAMED
                                    ? ", and " + (perhapsNewer.size() - MAX_NAMED) + " more"
                                    : ""),
                    list.newest()
                            .map(newest -> "Name the backup by its id; the newest one that can be read is '"
                                    + newest.backupId() + "'.")
                            .orElse(
                                    "Restore the manifests from a copy of the archive; there is no backup without one."));
        }
        return list.newest()
                .map(BackupSummary::backupId)
                .orElseThrow(() -> new CoordinatorException(
                        ErrorCode.UNKNOWN_BACKUP,
                        "namespace '" + archive.namespace() + "' has no backup",
                        "Run 'tidemark backup' first."));
    }
}

package dev.tidemark.coordinator.catalog;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.kvs.ErrorCode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The backups of one namespace, read from its manifests each time. Thread-safe. */
public final class Catalog {
    /** Stands for the newest backup. */
    public static final String LATEST = "latest";

    private final NamespaceArchive archive;

    /** Creates the catalog of a namespace. */
    public Catalog(NamespaceArchive archive) {
        this.archive = archive;
    }

    /**
     * Returns all backups, newest first.
     *
     * @throws CoordinatorException {@link ErrorCode#MANIFEST_INVALID} when one can't be trusted
     */
    public List<Manifest> backups() {
        List<Manifest> manifests = new ArrayList<>();
        for (String id : archive.manifests().backupIds()) {
            manifests.add(archive.manifests().read(id));
        }
        manifests.sort(Comparator.comparingLong(Manifest::sequence).reversed());
        return manifests;
    }

    /** Returns the newest backup. */
    public Optional<Manifest> latest() {
        return backups().stream().findFirst();
    }

    /**
     * Returns one backup.
     *
     * @param backupId its id, or {@link #LATEST}
     * @throws CoordinatorException {@link ErrorCode#UNKNOWN_BACKUP} when there is none
     */
    public Manifest find(String backupId) {
        if (backupId.equals(LATEST)) {
            return latest().orElseThrow(() -> new CoordinatorException(
                    ErrorCode.UNKNOWN_BACKUP,
                    "namespace '" + archive.namespace() + "' has no backup",
                    "Run 'tidemark backup' first."));
        }
        return archive.manifests().read(backupId);
    }
}

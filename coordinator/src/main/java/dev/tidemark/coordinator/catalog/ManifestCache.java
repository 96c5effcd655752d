package dev.tidemark.coordinator.catalog;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.manifest.DamagedManifest;
import dev.tidemark.coordinator.archive.manifest.ManifestStore;
import dev.tidemark.kvs.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The backups of one namespace. The names of its manifests are listed each time; a manifest is read and verified when its name comes
 * up for the first time, and forgotten with it. One that is damaged is read again each time. Thread-safe.
 *
 * <p>Memory: some hundred bytes for each backup.
 */
final class ManifestCache {
    private final Map<String, BackupSummary> known = new HashMap<>();

    /**
     * Returns all backups that can be believed, newest first, and the manifests that can't. One thread at a time: another one would only
     * read the same.
     */
    synchronized BackupList list(NamespaceArchive archive) {
        ManifestStore manifests = archive.manifests();
        Set<String> ids = Set.copyOf(manifests.backupIds());
        known.keySet().retainAll(ids);
        List<DamagedManifest> damaged = new ArrayList<>();
        for (String id : ids) {
            if (!known.containsKey(id)) {
                read(manifests, id, damaged);
            }
        }
        return BackupList.sorted(List.copyOf(known.values()), damaged);
    }

    private void read(ManifestStore manifests, String id, List<DamagedManifest> damaged) {
        try {
            known.put(id, BackupSummary.of(manifests.read(id)));
        } catch (CoordinatorException e) {
            if (DamagedManifest.isMeantBy(e)) {
                damaged.add(new DamagedManifest(id, e.code(), e.getMessage()));
            } else if (e.code() != ErrorCode.UNKNOWN_BACKUP) { // removed since it was listed
                throw e;
            }
        }
    }
}

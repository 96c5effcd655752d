package dev.tidemark.coordinator.client;

import dev.tidemark.coordinator.archive.manifest.DamagedManifest;
import dev.tidemark.coordinator.service.view.BackupView;
import java.util.List;
import java.util.Map;

/**
 * The backups of a namespace, all pages together.
 *
 * @param backups newest first
 * @param damage what is known to be damaged of backups, by their ids
 * @param damagedManifests the backups that are not in the list because their manifests can't be believed
 */
public record BackupPages(
        List<BackupView> backups, Map<String, String> damage, List<DamagedManifest> damagedManifests) {
    /** Copies the collections. */
    public BackupPages {
        backups = List.copyOf(backups);
        damage = Map.copyOf(damage);
        damagedManifests = List.copyOf(damagedManifests);
    }
}

package dev.tidemark.coordinator.service.view;

import dev.tidemark.coordinator.operation.OperationSummary;
import java.util.List;

/**
 * A namespace and how it is.
 *
 * @param namespace its name
 * @param backups number of backups whose manifests can be believed
 * @param newest the newest of them, or null
 * @param damagedManifests ids of the backups whose manifests can't be believed
 * @param unfinished the operation that has not ended, running or not, or null
 * @param problem why nothing more is known of it, or null
 */
public record NamespaceView(
        String namespace,
        int backups,
        BackupView newest,
        List<String> damagedManifests,
        OperationSummary unfinished,
        String problem) {
    /** Copies the list. */
    public NamespaceView {
        damagedManifests = List.copyOf(damagedManifests);
    }
}

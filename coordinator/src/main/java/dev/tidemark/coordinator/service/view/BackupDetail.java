package dev.tidemark.coordinator.service.view;

import dev.tidemark.coordinator.archive.manifest.Manifest;
import java.util.List;
import java.util.Map;

/**
 * Everything about one backup but its files.
 *
 * @param summary as in lists
 * @param immutableTimestamp immutable timestamp under the hold
 * @param parentBackup the backup before it, for reporting only; empty for the first
 * @param stores its stores
 * @param holds the holds on it
 * @param annotations what people have noted about it
 */
public record BackupDetail(
        BackupView summary,
        long immutableTimestamp,
        String parentBackup,
        List<StoreDetail> stores,
        List<HoldView> holds,
        Map<String, String> annotations) {
    /** Copies the lists. */
    public BackupDetail {
        stores = List.copyOf(stores);
        holds = List.copyOf(holds);
    }

    static List<StoreDetail> storesOf(Manifest manifest) {
        return manifest.stores().stream()
                .map(store -> new StoreDetail(
                        store.name(),
                        store.nodes().stream().map(node -> node.node()).toList()))
                .toList();
    }

    /**
     * A store of a backup.
     *
     * @param store its name
     * @param nodes the nodes that are in the backup
     */
    public record StoreDetail(String store, List<String> nodes) {}
}

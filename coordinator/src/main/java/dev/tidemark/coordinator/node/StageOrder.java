package dev.tidemark.coordinator.node;

import dev.tidemark.kvs.node.RestoreId;
import java.util.List;
import java.util.Objects;

/**
 * What a node is to stage.
 *
 * @param restore what for
 * @param backupId the backup that has the files
 * @param store name of the store in the backup
 * @param sources the backed-up nodes of that store whose files the node gets
 */
public record StageOrder(RestoreId restore, String backupId, String store, List<StagedSource> sources) {
    /** Copies the list. */
    public StageOrder {
        Objects.requireNonNull(restore, "restore");
        Objects.requireNonNull(backupId, "backupId");
        Objects.requireNonNull(store, "store");
        sources = List.copyOf(sources);
    }
}

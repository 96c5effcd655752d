package dev.tidemark.coordinator.backup;

import dev.tidemark.coordinator.archive.filelist.FileListRef;
import dev.tidemark.coordinator.archive.manifest.NodeBackup;
import dev.tidemark.coordinator.archive.manifest.StoreBackup;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.cluster.StoreDescription;
import java.util.List;

/** Turns what a store says of itself into the manifest's form. */
final class StoreStates {
    private StoreStates() {}

    /** Returns the store with its nodes, whose file lists are empty. */
    static StoreBackup of(String name, StoreDescription description) {
        return new StoreBackup(
                name,
                description.type(),
                description.version(),
                description.replicationFactor(),
                description.writeQuorum(),
                description.tables().stream().map(TableName::name).toList(),
                description.schema(),
                StoreBackup.schemasOf(description.transactionsSchemas()),
                description.earliestReadableTimestamp(),
                description.nodes().stream()
                        .map(node ->
                                new NodeBackup(node.id().id(), node.tokenRanges(), new FileListRef(List.of()), 0, 0))
                        .toList());
    }

    static StoreBackup withNodes(StoreBackup store, List<NodeBackup> nodes) {
        return new StoreBackup(
                store.name(),
                store.type(),
                store.version(),
                store.replicationFactor(),
                store.writeQuorum(),
                store.tables(),
                store.schema(),
                store.transactionsSchemas(),
                store.earliestRestorableTimestamp(),
                nodes);
    }
}

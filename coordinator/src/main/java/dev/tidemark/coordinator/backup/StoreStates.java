package dev.tidemark.coordinator.backup;

import dev.tidemark.coordinator.archive.filelist.FileListRef;
import dev.tidemark.coordinator.archive.manifest.NodeBackup;
import dev.tidemark.coordinator.archive.manifest.StoreBackup;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.cluster.StoreDescription;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

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

    /** Tells whether two descriptions have the same stores, nodes and token ranges. */
    static boolean haveSameNodes(List<StoreBackup> one, List<StoreBackup> other) {
        return nodes(one).equals(nodes(other));
    }

    private static Map<String, List<String>> nodes(List<StoreBackup> stores) {
        Map<String, List<String>> tokenRanges = new TreeMap<>();
        stores.forEach(store ->
                store.nodes().forEach(node -> tokenRanges.put(store.name() + "/" + node.node(), node.tokenRanges())));
        return tokenRanges;
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

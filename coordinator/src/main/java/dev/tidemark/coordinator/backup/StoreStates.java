package dev.tidemark.coordinator.backup;

import dev.tidemark.coordinator.archive.filelist.FileListRef;
import dev.tidemark.coordinator.archive.manifest.NodeBackup;
import dev.tidemark.coordinator.archive.manifest.StoreBackup;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.cluster.StoreDescription;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

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
                description.transactionsSchemasBound(),
                description.earliestReadableTimestamp(),
                millis(description.snapshotSkewLimit()),
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

    /** Names what differs between two descriptions of the stores' tables and schemas; empty when nothing does. */
    static Optional<String> schemaChange(List<StoreBackup> before, List<StoreBackup> after) {
        for (int i = 0; i < before.size(); i++) {
            StoreBackup one = before.get(i);
            StoreBackup other = after.get(i);
            Set<String> names = new TreeSet<>(one.schema().keySet());
            names.addAll(other.schema().keySet());
            Set<String> tables = new TreeSet<>(one.tables());
            tables.addAll(other.tables());
            tables.removeIf(
                    table -> one.tables().contains(table) && other.tables().contains(table));
            names.removeIf(name ->
                    Objects.equals(one.schema().get(name), other.schema().get(name)));
            names.addAll(tables);
            if (!names.isEmpty()) {
                return Optional.of("the schema of store '" + one.name() + "' changed: " + String.join(", ", names));
            }
        }
        return Optional.empty();
    }

    private static long millis(Duration limit) {
        return limit.compareTo(StoreDescription.NO_SKEW_LIMIT) >= 0 ? Long.MAX_VALUE : limit.toMillis();
    }

    static StoreBackup withNodes(StoreBackup store, List<NodeBackup> nodes) {
        return store.withNodes(nodes);
    }
}

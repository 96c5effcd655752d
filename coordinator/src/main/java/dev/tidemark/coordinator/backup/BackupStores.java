package dev.tidemark.coordinator.backup;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.manifest.StoreBackup;
import dev.tidemark.coordinator.node.AgentNode;
import dev.tidemark.coordinator.node.OperationEpoch;
import dev.tidemark.coordinator.operation.StepContext;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.kvs.cluster.StoreCluster;
import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.node.SnapshotTag;
import dev.tidemark.kvs.node.StoreNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The stores of one backup, connected when they are first needed, and the snapshots on their nodes. Not thread-safe. */
final class BackupStores implements AutoCloseable {
    private static final String ATTEMPT_SEPARATOR = ".";

    private final NamespaceArchive archive;
    private final Map<String, StoreConnector> connectors;
    private final Map<String, StoreCluster> clusters = new TreeMap<>();

    BackupStores(NamespaceArchive archive, Map<String, StoreConnector> connectors) {
        this.archive = archive;
        this.connectors = new TreeMap<>(connectors);
    }

    /** Returns the stores by name. */
    Map<String, StoreCluster> connected() {
        connectors.forEach((name, connector) -> clusters.computeIfAbsent(name, key -> connector.connect()));
        return clusters;
    }

    /** Returns what each store says of itself now. */
    List<StoreBackup> describe() {
        List<StoreBackup> facts = new ArrayList<>();
        connected().forEach((name, cluster) -> facts.add(StoreStates.of(name, cluster.describe())));
        return facts;
    }

    /** Returns what the nodes' agents know the operation by. */
    OperationEpoch epoch(StepContext<?> context) {
        return new OperationEpoch(archive.archiveId(), archive.namespace(), context.operationId(), context.epoch());
    }

    /** Returns the nodes by store; those with an agent refuse what comes later than a process with a greater epoch. */
    Map<String, List<StoreNode>> nodes(StepContext<?> context) {
        Map<String, List<StoreNode>> nodes = new TreeMap<>();
        connected()
                .forEach((name, cluster) -> nodes.put(
                        name,
                        cluster.nodes().stream()
                                .map(node -> AgentNode.of(node, epoch(context)))
                                .toList()));
        return nodes;
    }

    /** Returns a node, or empty when it can't be reached. */
    Optional<StoreNode> findNode(String store, String node) {
        return connected().get(store).nodes().stream()
                .filter(candidate -> candidate.id().id().equals(node))
                .findFirst();
    }

    StoreNode node(String store, String node) {
        return findNode(store, node)
                .orElseThrow(() -> new CoordinatorException(
                        ErrorCode.STORE_UNAVAILABLE,
                        "node '" + node + "' of store '" + store + "' can't be reached",
                        "Bring the node back and run the backup again, which goes on; while it is away, that takes "
                                + "another cut without it if the others suffice."));
    }

    /** Names the snapshots of one attempt of an operation. */
    static SnapshotTag tag(String operationId, int attempt) {
        return new SnapshotTag(operationId + ATTEMPT_SEPARATOR + attempt);
    }

    /**
     * Removes the operation's snapshots up to an attempt; a later one belongs to whoever has taken over. A store or node that
     * can't be reached keeps its snapshots until the next backup finds them. Drops without looking whether there is a snapshot: a
     * removal that was interrupted may have taken its name away already.
     */
    void dropUpTo(int attempt, StepContext<?> context) {
        forEachReachableNode(context, node -> {
            for (int number = 1; number <= attempt; number++) {
                context.ensureHeld();
                AgentNode.of(node, epoch(context)).drop(tag(context.operationId(), number));
            }
        });
    }

    /** As {@link #dropUpTo}, for an operation that has ended: nobody needs its lock, and no epoch is too old. */
    void dropUpToOfEnded(int attempt, StepContext<?> context) {
        forEachReachableNode(context, node -> {
            for (int number = 1; number <= attempt; number++) {
                node.drop(tag(context.operationId(), number));
            }
        });
    }

    /** Removes snapshots of operations that have ended while a node could not be reached. */
    void dropLeftovers(StepContext<?> context) {
        forEachReachableNode(context, node -> {
            for (SnapshotTag tag : node.snapshots()) {
                int end = tag.tag().lastIndexOf(ATTEMPT_SEPARATOR);
                if (end > 0 && context.hasEnded(tag.tag().substring(0, end))) {
                    context.ensureHeld();
                    node.drop(tag);
                    context.note("removed snapshot '" + tag + "' of an operation that has ended from node '" + node.id()
                            + "'");
                }
            }
        });
    }

    private void forEachReachableNode(StepContext<?> context, NodeAction action) {
        connectors.forEach((name, connector) -> {
            try {
                clusters.computeIfAbsent(name, key -> connector.connect())
                        .nodes()
                        .forEach(action::apply);
            } catch (TidemarkException e) {
                if (e.code() != ErrorCode.STORE_UNAVAILABLE && e.code() != ErrorCode.RESTORE_INCOMPLETE) {
                    throw e;
                }
                context.note("snapshots in store '" + name + "' could not be removed: " + e.getMessage());
            }
        });
    }

    @Override
    public void close() {
        clusters.values().forEach(StoreCluster::close);
        clusters.clear();
    }

    @FunctionalInterface
    private interface NodeAction {
        void apply(StoreNode node);
    }
}

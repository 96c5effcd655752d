package dev.tidemark.coordinator.restore;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.cluster.StoreCluster;
import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.node.StoreNode;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** The stores that one restore fills, opened for it alone when they are first needed. Not thread-safe. */
final class RestoreTargets implements AutoCloseable {
    private final Map<String, StoreConnector> connectors;
    private final Map<String, StoreCluster> clusters = new TreeMap<>();

    RestoreTargets(Map<String, StoreConnector> connectors) {
        this.connectors = new TreeMap<>(connectors);
    }

    StoreNode node(String store, String node) {
        return connectors.get(store).targetNodes().stream()
                .filter(candidate -> candidate.id().id().equals(node))
                .findFirst()
                .orElseThrow(() -> new CoordinatorException(
                        ErrorCode.STORE_UNAVAILABLE,
                        "node '" + node + "' of store '" + store + "' can't be reached",
                        "Bring the node back, then run 'tidemark resume'."));
    }

    /** Calls the action for every node of the plan. */
    void forEachNode(RestorePlan plan, Consumer<StoreNode> action) {
        for (RestorePlan.NodePlan node : plan.nodes()) {
            action.accept(node(node.store(), node.node()));
        }
    }

    /**
     * Returns the stores by name, open.
     *
     * @throws dev.tidemark.kvs.KeyValueStoreException {@link ErrorCode#NOT_ALLOWED_NOW} when a node does not have what the
     *     restore has loaded
     */
    Map<String, StoreCluster> open(RestoreId restore) {
        connectors.forEach((name, connector) -> clusters.computeIfAbsent(name, key -> connector.openRestored(restore)));
        return clusters;
    }

    @Override
    public void close() {
        clusters.values().forEach(StoreCluster::close);
        clusters.clear();
    }
}

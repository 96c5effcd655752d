package dev.tidemark.coordinator.restore;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.manifest.StoreBackup;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.cluster.StoreCluster;
import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.cluster.TableSelection;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.node.StoreNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** The stores that one operation changes, opened for it alone when they are first needed. Not thread-safe. */
public final class RestoreTargets implements AutoCloseable {
    private final Map<String, StoreConnector> connectors;
    private final Map<String, StoreCluster> clusters = new LinkedHashMap<>();

    /** Creates access to the stores; they are worked on in this order. */
    public RestoreTargets(Map<String, StoreConnector> connectors) {
        this.connectors = new LinkedHashMap<>(connectors);
    }

    /**
     * Returns a node.
     *
     * @throws CoordinatorException {@link ErrorCode#STORE_UNAVAILABLE} when it can't be reached
     */
    public StoreNode node(String store, String node) {
        return connectors.get(store).targetNodes().stream()
                .filter(candidate -> candidate.id().id().equals(node))
                .findFirst()
                .orElseThrow(() -> new CoordinatorException(
                        ErrorCode.STORE_UNAVAILABLE,
                        "node '" + node + "' of store '" + store + "' can't be reached",
                        "Bring the node back, then run 'tidemark resume'."));
    }

    /** Returns what a store gets of its backup. */
    TableSelection selection(String store, TableChoice choice, StoreBackup backup) {
        return choice.of(backup, connectors.get(store));
    }

    /** Calls the action for every store, whether or not it is there, by its name. */
    public void forEachStore(BiConsumer<String, StoreConnector> action) {
        connectors.forEach(action);
    }

    /** Calls the action for every node of the plan. */
    void forEachNode(RestorePlan plan, Consumer<StoreNode> action) {
        for (RestorePlan.NodePlan node : plan.nodes()) {
            action.accept(node(node.store(), node.node()));
        }
    }

    /**
     * Calls the action for each of the nodes.
     *
     * @param names the nodes as {@code store/node}
     * @throws CoordinatorException as {@link #node}
     */
    public void forEachNamed(List<String> names, Consumer<StoreNode> action) {
        for (String name : names) {
            String[] parts = name.split("/", 2);
            action.accept(node(parts[0], parts[1]));
        }
    }

    /**
     * Returns the stores by name, open.
     *
     * @throws dev.tidemark.kvs.KeyValueStoreException {@link ErrorCode#NOT_ALLOWED_NOW} when a node does not have what the
     *     restore has loaded
     */
    public Map<String, StoreCluster> open(RestoreId restore) {
        connectors.forEach((name, connector) -> clusters.computeIfAbsent(name, key -> connector.openRestored(restore)));
        return clusters;
    }

    @Override
    public void close() {
        clusters.values().forEach(StoreCluster::close);
        clusters.clear();
    }
}

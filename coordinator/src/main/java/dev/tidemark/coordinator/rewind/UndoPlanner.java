package dev.tidemark.coordinator.rewind;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.catalog.Catalog;
import dev.tidemark.coordinator.operation.OperationSummary;
import dev.tidemark.coordinator.operation.OperationSummary.Outcome;
import dev.tidemark.coordinator.operation.Operations;
import dev.tidemark.coordinator.operation.ParallelWork;
import dev.tidemark.coordinator.restore.FastForwardTarget;
import dev.tidemark.coordinator.restore.RestoreOperation;
import dev.tidemark.coordinator.restore.StoreCleaner;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.cluster.StoreCluster;
import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.cluster.StoreDescription;
import dev.tidemark.kvs.node.StoreNode;
import dev.tidemark.timestamp.TimestampClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Works out an undo, and changes nothing. Only the last change of a namespace's past can be undone, and only while nothing was
 * committed after it.
 */
public final class UndoPlanner {
    private static final Set<String> CHANGES = Set.of(RestoreOperation.TYPE, RewindOperation.TYPE, UndoOperation.TYPE);

    private final NamespaceArchive archive;
    private final TimestampClient oracles;
    private final Map<String, StoreConnector> stores;
    private final Operations operations;
    private final FastForwardTarget fastForward;
    private final ParallelWork work;

    /** Creates a planner for a namespace. */
    public UndoPlanner(
            NamespaceArchive archive,
            TimestampClient oracles,
            Map<String, StoreConnector> stores,
            Operations operations,
            ParallelWork work) {
        this.archive = archive;
        this.oracles = oracles;
        this.stores = stores;
        this.operations = operations;
        this.work = work;
        this.fastForward = new FastForwardTarget(oracles, archive.namespace(), operations);
    }

    /**
     * Plans an undo of the last restore over existing data, or the last rewind.
     *
     * @throws CoordinatorException {@link ErrorCode#UNKNOWN_OPERATION} when there was neither; {@link ErrorCode#NOT_ALLOWED_NOW}
     *     when it was undone already, when a node has no safety copy, or when something was committed after it;
     *     {@link ErrorCode#FENCE_CONFLICT} when another operation fences the oracle; {@link ErrorCode#STORE_IN_USE} when a
     *     process serves a store and does not let others change it
     */
    public UndoPlan plan() {
        fastForward.requireNoForeignFence();
        OperationSummary undone = lastChange();
        List<String> nodes = nodesThatMustAllBeUp();
        oracles.namespace(archive.namespace()); // an undo needs the live oracle, and never creates one
        Map<String, Long> inputs = fastForward.inputs(new Catalog(archive).list());
        long lastTimestampOfUndone = undone.type().equals(RestoreOperation.TYPE)
                ? RestoreOperation.fastForwardTargetOf(undone.operationId(), operations.journal())
                : RewindOperation.fastForwardTargetOf(undone.operationId(), operations.journal());
        UndoPlan plan = new UndoPlan(
                archive.namespace(),
                undone.operationId(),
                undone.type(),
                lastTimestampOfUndone,
                FastForwardTarget.greatest(inputs),
                inputs,
                nodes,
                UndoOperation.stepNames());
        requireNothingNew(plan, plan.fastForwardTarget());
        return plan;
    }

    /**
     * Makes sure that nothing was committed after the operation that is to be undone.
     *
     * @param lastTimestamp the largest timestamp that was issued
     * @throws CoordinatorException {@link ErrorCode#NOT_ALLOWED_NOW} when something was
     */
    void requireNothingNew(UndoPlan plan, long lastTimestamp) {
        long first = plan.lastTimestampOfUndone() + 1;
        if (lastTimestamp < first) {
            return;
        }
        Map<String, StoreCluster> clusters = new TreeMap<>();
        try {
            stores.forEach((name, connector) -> clusters.put(name, connector.connect()));
            long commits = new StoreCleaner(
                            clusters, plan.lastTimestampOfUndone(), new TimestampRange(first, lastTimestamp), work)
                    .count().values().stream().mapToLong(Long::longValue).sum();
            if (commits != 0) {
                throw notAllowed(
                        "the " + plan.undoneType() + " '" + plan.undoneOperation() + "' can't be undone: " + commits
                                + " transactions were committed after it (expected: none)",
                        "Keep them: back up, or rewind to an earlier moment; an undo would lose them.");
            }
        } finally {
            clusters.values().forEach(StoreCluster::close);
        }
    }

    /**
     * A node keeps the copy of its last change only: so what all of them have is of the last change of these stores, whatever the
     * journal tells of restores into other places since.
     */
    private OperationSummary lastChange() {
        List<OperationSummary> changes = operations.journal().list().operations().stream()
                .filter(summary -> CHANGES.contains(summary.type()) && summary.outcome() == Outcome.SUCCEEDED)
                .toList();
        if (changes.isEmpty()) {
            throw new CoordinatorException(
                    ErrorCode.UNKNOWN_OPERATION,
                    "namespace '" + archive.namespace() + "' has no restore and no rewind that could be undone",
                    "See 'tidemark operations'.");
        }
        return changes.stream()
                .filter(change -> !change.type().equals(UndoOperation.TYPE) && hasCopyOnEachNode(change))
                .findFirst()
                .orElseThrow(() -> noCopyOf(changes.get(0)));
    }

    private boolean hasCopyOnEachNode(OperationSummary change) {
        return nodes().values().stream().allMatch(node -> node.safetyCopies().contains(change.operationId()));
    }

    private CoordinatorException noCopyOf(OperationSummary last) {
        if (last.type().equals(UndoOperation.TYPE)) {
            return notAllowed(
                    "the last change of namespace '" + archive.namespace() + "' was undone already, by '"
                            + last.operationId() + "' (expected: a restore or a rewind after it)",
                    "Rewind again, or restore a backup.");
        }
        List<String> without = nodes().entrySet().stream()
                .filter(node -> !node.getValue().safetyCopies().contains(last.operationId()))
                .map(Map.Entry::getKey)
                .toList();
        return notAllowed(
                "nodes " + without + " have no safety copy of " + last.type() + " '" + last.operationId()
                        + "' (expected: one on each node)",
                "Restore a backup instead; a restore into empty stores has nothing to bring back.");
    }

    private Map<String, StoreNode> nodes() {
        Map<String, StoreNode> nodes = new TreeMap<>();
        stores.forEach((store, connector) -> connector
                .targetNodes()
                .forEach(node -> nodes.put(store + "/" + node.id().id(), node)));
        return nodes;
    }

    /** A node that missed the undo would keep what the others take back. */
    private List<String> nodesThatMustAllBeUp() {
        List<String> names = new ArrayList<>();
        for (Map.Entry<String, StoreConnector> store : new TreeMap<>(stores).entrySet()) {
            try (StoreCluster cluster = store.getValue().connect()) {
                for (StoreDescription.NodeDescription node : cluster.describe().nodes()) {
                    String name = store.getKey() + "/" + node.id().id();
                    if (!node.isUp()) {
                        throw new CoordinatorException(
                                ErrorCode.STORE_UNAVAILABLE,
                                "node '" + name + "' is down (expected: every node up)",
                                "Bring the node back, then undo.");
                    }
                    names.add(name);
                }
            }
        }
        return names;
    }

    private static CoordinatorException notAllowed(String message, String hint) {
        return new CoordinatorException(ErrorCode.NOT_ALLOWED_NOW, message, hint);
    }
}

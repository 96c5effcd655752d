package dev.tidemark.coordinator.backup;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.manifest.NodeBackup;
import dev.tidemark.coordinator.archive.manifest.NodeCut;
import dev.tidemark.coordinator.archive.manifest.StoreBackup;
import dev.tidemark.coordinator.namespace.StoreOrder;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.operation.ParallelWork;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.node.SnapshotTag;
import dev.tidemark.kvs.node.StoreNode;
import dev.tidemark.timestamp.NamespaceOracle;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Takes the snapshots of all nodes of all stores in parallel, as far as their order lets, and proves that they cover every write.
 *
 * <p>A write that was acknowledged is on W of the R replicas of its cell. A token range is covered when at least R - W + 1 of
 * its replicas have a snapshot, because then each write is in one of them. With fewer the backup fails; with fewer than R it
 * is degraded.
 */
final class SnapshotTaker {
    private final NamespaceOracle oracle;
    private final EngineSeams seams;
    private final ParallelWork work;
    private final Hold hold;
    private final StoreOrder order;

    SnapshotTaker(NamespaceOracle oracle, EngineSeams seams, ParallelWork work, Hold hold, StoreOrder order) {
        this.oracle = oracle;
        this.seams = seams;
        this.work = work;
        this.hold = hold;
        this.order = order;
    }

    /**
     * Takes the snapshots.
     *
     * @param described what the stores were when the backup began: which nodes there must be is decided by this alone; one
     *     that has joined since then is left out
     * @param isDegradedAllowed whether a missing replica is acceptable
     * @throws CoordinatorException {@link ErrorCode#INSUFFICIENT_COVERAGE} when too many nodes are missing
     */
    Snapshots take(
            Map<String, List<StoreNode>> nodes,
            List<StoreBackup> described,
            SnapshotTag tag,
            boolean isDegradedAllowed) {
        if (described.isEmpty()) {
            throw new IllegalStateException("a cut of no store proves nothing");
        }
        List<Target> targets = new ArrayList<>();
        nodes.forEach((store, ofStore) -> ofStore.stream()
                .filter(node -> isDescribed(described, store, node))
                .forEach(node -> targets.add(new Target(store, node))));
        List<NodeCut> cuts = Collections.synchronizedList(new ArrayList<>());
        Map<String, String> failures = Collections.synchronizedMap(new TreeMap<>());
        for (Set<String> wave : order.waves(nodes.keySet())) {
            work.run(
                    targets.stream()
                            .filter(target -> wave.contains(target.store))
                            .toList(),
                    target -> snapshot(target, tag, cuts, failures));
        }
        Set<String> missing = new TreeSet<>();
        for (StoreBackup store : described) {
            requireCoverage(store, cuts, failures);
            requireSmallSkew(store, cuts);
            store.nodes().stream()
                    .filter(node -> cuts.stream().noneMatch(cut -> isOf(cut, store, node)))
                    .forEach(node -> missing.add(store.name() + "/" + node.node()));
        }
        if (!missing.isEmpty() && !isDegradedAllowed) {
            throw new CoordinatorException(
                    ErrorCode.INSUFFICIENT_COVERAGE,
                    "no snapshot of " + String.join(", ", missing) + " and a degraded backup is forbidden",
                    "Bring the nodes back, or allow a degraded backup.");
        }
        List<NodeCut> ordered = new ArrayList<>(cuts);
        ordered.sort(Comparator.comparing(NodeCut::timestampAfter));
        return new Snapshots(ordered, List.copyOf(missing));
    }

    private static boolean isDescribed(List<StoreBackup> described, String store, StoreNode node) {
        return described.stream()
                .filter(candidate -> candidate.name().equals(store))
                .flatMap(candidate -> candidate.nodes().stream())
                .anyMatch(candidate -> candidate.node().equals(node.id().id()));
    }

    private void snapshot(Target target, SnapshotTag tag, List<NodeCut> cuts, Map<String, String> failures) {
        hold.ensureAlive();
        Instant startedAt = seams.clock().instant();
        long before = oracle.freshTimestamp();
        try {
            target.node.snapshot(tag);
        } catch (KeyValueStoreException e) {
            if (e.code() != ErrorCode.STORE_UNAVAILABLE && e.code() != ErrorCode.SNAPSHOT_FAILED) {
                throw e;
            }
            failures.put(target.store + "/" + target.node.id(), e.getMessage());
            return;
        }
        long after = oracle.freshTimestamp();
        cuts.add(new NodeCut(
                target.store,
                target.node.id().id(),
                tag.tag(),
                before,
                after,
                startedAt,
                seams.clock().instant()));
    }

    private static void requireCoverage(StoreBackup store, List<NodeCut> cuts, Map<String, String> failures) {
        int required = store.replicationFactor() - store.writeQuorum() + 1;
        Map<String, Integer> replicas = new TreeMap<>();
        for (NodeBackup node : store.nodes()) {
            boolean hasSnapshot = cuts.stream().anyMatch(cut -> isOf(cut, store, node));
            for (String range : node.tokenRanges()) {
                replicas.merge(range, hasSnapshot ? 1 : 0, Integer::sum);
            }
        }
        if (replicas.isEmpty()) {
            throw new IllegalStateException("store '" + store.name() + "' has no token range");
        }
        replicas.forEach((range, count) -> {
            if (count < required) {
                throw new CoordinatorException(
                        ErrorCode.INSUFFICIENT_COVERAGE,
                        "token range '" + range + "' of store '" + store.name() + "' has " + count
                                + " snapshots (expected: at least " + required + ")"
                                + (failures.isEmpty() ? "" : ": " + failures),
                        "Bring the missing nodes back and run the backup again.");
            }
        });
    }

    /** What one node has forgotten that it deleted, another one may still have, or have missed to delete. */
    private static void requireSmallSkew(StoreBackup store, List<NodeCut> cuts) {
        List<NodeCut> ofStore =
                cuts.stream().filter(cut -> cut.store().equals(store.name())).toList();
        Instant first = ofStore.stream()
                .map(NodeCut::startedAt)
                .min(Comparator.naturalOrder())
                .orElseThrow();
        Instant last = ofStore.stream()
                .map(NodeCut::endedAt)
                .max(Comparator.naturalOrder())
                .orElseThrow();
        long skewMillis = Duration.between(first, last).toMillis();
        if (skewMillis > store.snapshotSkewLimitMillis()) {
            throw new CoordinatorException(
                    ErrorCode.SNAPSHOT_FAILED,
                    "the snapshots of store '" + store.name() + "' lie " + skewMillis + " ms apart (expected: at most "
                            + store.snapshotSkewLimitMillis() + " ms, after which the store forgets deletions)",
                    "Look for nodes that answer slowly, then run the backup again.");
        }
    }

    private static boolean isOf(NodeCut cut, StoreBackup store, NodeBackup node) {
        return cut.store().equals(store.name()) && cut.node().equals(node.node());
    }

    private record Target(String store, StoreNode node) {}

    /**
     * The snapshots of a cut.
     *
     * @param nodes those that were taken, in the order of their ends
     * @param missing nodes that have none, as {@code store/node}
     */
    record Snapshots(List<NodeCut> nodes, List<String> missing) {}
}

package dev.tidemark.coordinator.service.view;

import dev.tidemark.coordinator.archive.manifest.CutCertificate;
import dev.tidemark.coordinator.archive.manifest.NodeCut;
import java.time.Instant;
import java.util.List;

/**
 * How the cut of a backup was made.
 *
 * @param lease name of the lease on the immutable timestamp
 * @param heldFrom when the hold began
 * @param heldUntil when the oracle confirmed that it had lived all the time
 * @param holdMillis how long it was held
 * @param refreshes how often it was refreshed
 * @param missingNodes nodes without a snapshot
 * @param snapshots the snapshots
 */
public record CutView(
        String lease,
        Instant heldFrom,
        Instant heldUntil,
        long holdMillis,
        long refreshes,
        List<String> missingNodes,
        List<Snapshot> snapshots) {
    static CutView of(CutCertificate cut) {
        return new CutView(
                cut.leaseToken(),
                cut.heldFrom(),
                cut.heldUntil(),
                cut.holdMillis(),
                cut.refreshes(),
                cut.missingNodes(),
                cut.nodes().stream().map(Snapshot::of).toList());
    }

    /**
     * The snapshot of one node.
     *
     * @param store name of the store
     * @param node name of the node
     * @param timestampBefore fetched before the snapshot was taken
     * @param timestampAfter fetched after it was taken
     * @param startedAt when it began
     * @param endedAt when it was taken
     */
    public record Snapshot(
            String store, String node, long timestampBefore, long timestampAfter, Instant startedAt, Instant endedAt) {
        private static Snapshot of(NodeCut node) {
            return new Snapshot(
                    node.store(),
                    node.node(),
                    node.timestampBefore(),
                    node.timestampAfter(),
                    node.startedAt(),
                    node.endedAt());
        }
    }
}

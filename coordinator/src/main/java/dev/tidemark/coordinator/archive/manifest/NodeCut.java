package dev.tidemark.coordinator.archive.manifest;

import java.time.Instant;

/**
 * The snapshot of one node inside a cut.
 *
 * @param store name of the store
 * @param node id of the node
 * @param snapshotTag name of the snapshot on the node
 * @param timestampBefore fresh timestamp fetched before the snapshot was asked for
 * @param timestampAfter fresh timestamp fetched after it was there
 * @param startedAt time of the coordinator before the snapshot
 * @param endedAt time of the coordinator after the snapshot
 */
public record NodeCut(
        String store,
        String node,
        String snapshotTag,
        long timestampBefore,
        long timestampAfter,
        Instant startedAt,
        Instant endedAt) {
    /** Checks the ranges. */
    public NodeCut {
        Limits.requireText("store", store);
        Limits.requireText("node", node);
        Limits.requireText("snapshotTag", snapshotTag);
        Limits.require(
                timestampBefore > 0 && timestampBefore < timestampAfter,
                "timestampBefore, timestampAfter",
                timestampBefore + ", " + timestampAfter,
                "0 < before < after");
        Limits.requireInstant("startedAt", startedAt);
        Limits.requireInstant("endedAt", endedAt);
    }

    /** Returns {@code store/node}. */
    String name() {
        return store + "/" + node;
    }
}

package dev.tidemark.coordinator.archive.manifest;

import java.time.Instant;
import java.util.List;

/**
 * The part of a manifest that proves that the backup is one consistent cut.
 *
 * @param leaseToken name of the lease on the immutable timestamp
 * @param heldFrom time when the hold was acquired
 * @param heldUntil time when the oracle confirmed, on release, that it had lived all the time
 * @param holdMillis duration of the hold, milliseconds: the greater of what the monotonic clock of the process that
 *     released it and the calendar say, since another process may have taken it
 * @param refreshes how often the lease was refreshed meanwhile
 * @param isSettled whether every commit at or below the backup timestamp had its outcome recorded before the first snapshot
 * @param isDegraded whether a replica of some token range has no snapshot
 * @param nodes the snapshots
 * @param missingNodes nodes without a snapshot, as {@code store/node}
 */
public record CutCertificate(
        String leaseToken,
        Instant heldFrom,
        Instant heldUntil,
        long holdMillis,
        long refreshes,
        boolean isSettled,
        boolean isDegraded,
        List<NodeCut> nodes,
        List<String> missingNodes) {
    /** Copies the lists and checks the ranges. */
    public CutCertificate {
        nodes = List.copyOf(nodes);
        missingNodes = List.copyOf(missingNodes);
        Limits.requireText("leaseToken", leaseToken);
        Limits.requireInstant("heldFrom", heldFrom);
        Limits.requireInstant("heldUntil", heldUntil);
        Limits.requireAtLeastZero("holdMillis", holdMillis);
        Limits.requireAtLeastZero("refreshes", refreshes);
        Limits.requireCount("nodes", nodes.size(), Limits.MAX_NODES);
        Limits.requireCount("missingNodes", missingNodes.size(), Limits.MAX_NODES);
        missingNodes.forEach(node -> Limits.requireText("missing node", node));
        Limits.require(isDegraded == !missingNodes.isEmpty(), "isDegraded", isDegraded, "true when a node is missing");
    }
}

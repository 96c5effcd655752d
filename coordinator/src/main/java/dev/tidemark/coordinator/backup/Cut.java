package dev.tidemark.coordinator.backup;

import dev.tidemark.coordinator.archive.manifest.NodeCut;
import java.time.Instant;
import java.util.List;

/**
 * What a backup knows of its cut so far; numbers that are not known yet are 0, instants are null.
 *
 * @param leaseToken request id of the lease, chosen and recorded before the lease is asked for
 * @param immutableTimestamp immutable timestamp under the hold (L)
 * @param backupTimestamp fetched under the hold (B)
 * @param isSettled whether every commit at or below B had its outcome recorded before the first snapshot
 * @param nodes snapshots in the order of their ends
 * @param missingNodes nodes without a snapshot, as {@code store/node}
 * @param fastForwardTimestamp fetched after the last snapshot (F)
 */
record Cut(
        String leaseToken,
        long immutableTimestamp,
        Instant heldFrom,
        Instant heldUntil,
        long holdMillis,
        long refreshes,
        long backupTimestamp,
        Instant timeAtBackupTimestamp,
        boolean isSettled,
        List<NodeCut> nodes,
        List<String> missingNodes,
        long fastForwardTimestamp) {
    Cut {
        nodes = List.copyOf(nodes);
        missingNodes = List.copyOf(missingNodes);
    }

    static Cut begin(String leaseToken) {
        return new Cut(leaseToken, 0, null, null, 0, 0, 0, null, false, List.of(), List.of(), 0);
    }

    Cut held(long newImmutableTimestamp, Instant from) {
        return new Cut(leaseToken, newImmutableTimestamp, from, null, 0, 0, 0, null, false, List.of(), List.of(), 0);
    }

    Cut at(long newBackupTimestamp, Instant time, boolean settled) {
        return new Cut(
                leaseToken,
                immutableTimestamp,
                heldFrom,
                null,
                0,
                0,
                newBackupTimestamp,
                time,
                settled,
                List.of(),
                List.of(),
                0);
    }

    Cut withSnapshots(List<NodeCut> newNodes, List<String> newMissingNodes) {
        return new Cut(
                leaseToken,
                immutableTimestamp,
                heldFrom,
                null,
                0,
                0,
                backupTimestamp,
                timeAtBackupTimestamp,
                isSettled,
                newNodes,
                newMissingNodes,
                0);
    }

    Cut released(Instant until, long newHoldMillis, long newRefreshes) {
        return new Cut(
                leaseToken,
                immutableTimestamp,
                heldFrom,
                until,
                newHoldMillis,
                newRefreshes,
                backupTimestamp,
                timeAtBackupTimestamp,
                isSettled,
                nodes,
                missingNodes,
                0);
    }

    Cut withFastForward(long timestamp) {
        return new Cut(
                leaseToken,
                immutableTimestamp,
                heldFrom,
                heldUntil,
                holdMillis,
                refreshes,
                backupTimestamp,
                timeAtBackupTimestamp,
                isSettled,
                nodes,
                missingNodes,
                timestamp);
    }
}

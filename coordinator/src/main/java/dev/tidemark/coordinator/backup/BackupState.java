package dev.tidemark.coordinator.backup;

import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.archive.manifest.NodeCut;
import dev.tidemark.coordinator.archive.manifest.StoreBackup;
import dev.tidemark.coordinator.node.NodeCopy;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * State of a backup.
 *
 * @param labels from the request
 * @param isDegradedAllowed from the request
 * @param startedAt when it was accepted
 * @param attempt number of the cut, from 1; a cut that lost its hold or its snapshots is followed by another
 * @param stores what each store was when the operation began, in the manifest's form
 * @param cut the present cut
 * @param parentBackupId the newest backup when this one began, or empty
 * @param nextBackupDue from the request; left out by earlier versions, which means that nobody said
 * @param copies how far the copy of each node has got, by {@code store/node}
 */
record BackupState(
        Map<String, String> labels,
        boolean isDegradedAllowed,
        Instant startedAt,
        int attempt,
        List<StoreBackup> stores,
        Cut cut,
        String parentBackupId,
        Instant nextBackupDue,
        Map<String, NodeCopy> copies) {
    BackupState {
        nextBackupDue = nextBackupDue == null ? Manifest.NO_NEXT_BACKUP : nextBackupDue;
        labels = Collections.unmodifiableMap(new TreeMap<>(labels));
        stores = List.copyOf(stores);
        copies = Collections.unmodifiableMap(new TreeMap<>(copies));
    }

    static BackupState begin(BackupRequest request, Instant startedAt, String parentBackupId) {
        return new BackupState(
                request.labels(),
                request.isDegradedAllowed(),
                startedAt,
                1,
                List.of(),
                Cut.begin(""),
                parentBackupId,
                request.nextBackupDue(),
                Map.of());
    }

    BackupState withStores(List<StoreBackup> newStores) {
        return new BackupState(
                labels, isDegradedAllowed, startedAt, attempt, newStores, cut, parentBackupId, nextBackupDue, copies);
    }

    BackupState withCut(Cut newCut) {
        return new BackupState(
                labels, isDegradedAllowed, startedAt, attempt, stores, newCut, parentBackupId, nextBackupDue, copies);
    }

    /** Returns how far the copy of a node has got. */
    NodeCopy copyOf(NodeCut cut) {
        return copies.getOrDefault(cut.store() + "/" + cut.node(), NodeCopy.begin(cut.store(), cut.node()));
    }

    BackupState withCopy(NodeCopy copy) {
        return withCopies(List.of(copy));
    }

    BackupState withCopies(Collection<NodeCopy> added) {
        Map<String, NodeCopy> newCopies = new TreeMap<>(copies);
        added.forEach(copy -> newCopies.put(copy.store() + "/" + copy.node(), copy));
        return new BackupState(
                labels, isDegradedAllowed, startedAt, attempt, stores, cut, parentBackupId, nextBackupDue, newCopies);
    }

    /** Begins another cut; what was copied of the last one stays in the archive and is found there again. */
    BackupState withNextAttempt() {
        return new BackupState(
                labels,
                isDegradedAllowed,
                startedAt,
                attempt + 1,
                List.of(),
                Cut.begin(""),
                parentBackupId,
                nextBackupDue,
                Map.of());
    }
}

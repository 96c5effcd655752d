package dev.tidemark.coordinator.transfer;

import dev.tidemark.coordinator.node.NodeCopy;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * State of an import or of a copy.
 *
 * @param source where the backup comes from
 * @param sourceBackupId its id there
 * @param manifestSha256 SHA-256 of its manifest there
 * @param backupId the id that it gets
 * @param previousBackupId the backup whose file lists tell what is here already, or empty
 * @param startedAt when it was accepted
 * @param copies how far each node has got, by {@code store/node}
 * @param isCommitting whether a manifest may have been written; before that nobody can write one any more without this record
 */
record TransferState(
        SourceReference source,
        String sourceBackupId,
        String manifestSha256,
        String backupId,
        String previousBackupId,
        Instant startedAt,
        Map<String, NodeCopy> copies,
        boolean isCommitting) {
    TransferState {
        copies = Collections.unmodifiableMap(new TreeMap<>(copies));
    }

    static String keyOf(String store, String node) {
        return store + "/" + node;
    }

    NodeCopy copyOf(String store, String node) {
        return copies.getOrDefault(keyOf(store, node), NodeCopy.begin(store, node));
    }

    TransferState withCopy(NodeCopy copy) {
        Map<String, NodeCopy> newCopies = new TreeMap<>(copies);
        newCopies.put(keyOf(copy.store(), copy.node()), copy);
        return new TransferState(
                source, sourceBackupId, manifestSha256, backupId, previousBackupId, startedAt, newCopies, isCommitting);
    }

    TransferState committing() {
        return new TransferState(
                source, sourceBackupId, manifestSha256, backupId, previousBackupId, startedAt, copies, true);
    }
}

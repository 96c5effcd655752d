package dev.tidemark.coordinator.transfer;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.manifest.BackupSizes;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.archive.manifest.NodeBackup;
import dev.tidemark.coordinator.archive.manifest.StoreBackup;
import dev.tidemark.coordinator.catalog.KeptTimes;
import dev.tidemark.coordinator.node.NodeCopy;
import dev.tidemark.kvs.ErrorCode;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * Writes the manifest of a backup that was taken over and whose objects are all durable, reads it back, and copies it. One that was
 * removed before counts as there again.
 */
final class TransferCommitter {
    private final NamespaceArchive target;

    TransferCommitter(NamespaceArchive target) {
        this.target = target;
    }

    /** Commits the backup. A manifest that an earlier attempt has written is accepted if it says the same. */
    void commit(TransferState state, BackupSource source) {
        Manifest manifest = manifest(state, source);
        try {
            target.manifests().create(manifest);
        } catch (CoordinatorException e) {
            if (e.code() != ErrorCode.OBJECT_EXISTS) {
                throw e;
            }
        }
        Manifest stored = target.manifests().read(state.backupId());
        if (!stored.cut().equals(manifest.cut())
                || !stored.stores().equals(manifest.stores())
                || !stored.origins().equals(manifest.origins())) {
            throw new CoordinatorException(
                    ErrorCode.MANIFEST_INVALID,
                    "the manifest of backup '" + state.backupId() + "' that was read back is another one",
                    "Verify the archive, then run the command again.");
        }
        target.manifests().copy(state.backupId());
        new KeptTimes(target).forget(state.backupId());
    }

    private Manifest manifest(TransferState state, BackupSource source) {
        Manifest original = source.manifest();
        return new Manifest(
                Manifest.FORMAT_VERSION,
                target.archiveId(),
                target.namespace(),
                state.backupId(),
                target.manifests().nextSequence(),
                original.createdBy(),
                original.createdAt(),
                original.finishedAt(),
                original.immutableTimestamp(),
                original.backupTimestamp(),
                original.fastForwardTimestamp(),
                original.timeAtBackupTimestamp(),
                original.cut(),
                original.stores().stream().map(store -> store(store, state)).toList(),
                sizes(state),
                original.labels(),
                original.parentBackupId(),
                original.timeIndex(),
                original.digest(),
                source.origins(state.startedAt()),
                original.nextBackupDue());
    }

    private static StoreBackup store(StoreBackup original, TransferState state) {
        List<NodeBackup> nodes = original.nodes().stream()
                .map(node -> {
                    NodeCopy copy = state.copyOf(original.name(), node.node());
                    return new NodeBackup(
                            node.node(), node.tokenRanges(), copy.fileList(), copy.files(), copy.rawBytes());
                })
                .toList();
        return original.withNodes(nodes);
    }

    private static BackupSizes sizes(TransferState state) {
        long rawBytes = sum(state, NodeCopy::rawBytes);
        long newRawBytes = sum(state, NodeCopy::newRawBytes);
        return new BackupSizes(
                sum(state, NodeCopy::files),
                rawBytes,
                sum(state, NodeCopy::readBytes),
                newRawBytes,
                sum(state, NodeCopy::storedBytes),
                Math.max(0, rawBytes - newRawBytes));
    }

    static long sum(TransferState state, ToLongFunction<NodeCopy> count) {
        return state.copies().values().stream().mapToLong(count).sum();
    }
}

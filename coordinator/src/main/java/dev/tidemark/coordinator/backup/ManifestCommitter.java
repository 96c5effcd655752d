package dev.tidemark.coordinator.backup;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.manifest.BackupSizes;
import dev.tidemark.coordinator.archive.manifest.CutCertificate;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.archive.manifest.NodeBackup;
import dev.tidemark.coordinator.archive.manifest.StoreBackup;
import dev.tidemark.coordinator.node.NodeCopy;
import dev.tidemark.coordinator.operation.StepContext;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.NamespaceOracle;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/** Writes the manifest of a backup whose objects are all durable, and reads it back. */
final class ManifestCommitter {
    private static final String CREATED_BY = "tidemark 0.1.0";

    private final NamespaceArchive archive;
    private final String archiveId;
    private final StepContext<BackupState> context;
    private final TimeIndexExport timeIndex;

    ManifestCommitter(
            String archiveId,
            NamespaceArchive archive,
            Supplier<NamespaceOracle> oracle,
            StepContext<BackupState> context) {
        this.archive = archive;
        this.archiveId = archiveId;
        this.context = context;
        timeIndex = new TimeIndexExport(archive, oracle, context::note);
    }

    /**
     * Commits the backup. A manifest that an earlier attempt has written is accepted if it says the same cut.
     *
     * @return the manifest as it was read back
     */
    Manifest commit(BackupState state, Instant now) {
        Manifest manifest = manifest(state, now);
        context.ensureHeld();
        try {
            archive.manifests().create(manifest);
        } catch (CoordinatorException e) {
            if (e.code() != ErrorCode.OBJECT_EXISTS) {
                throw e;
            }
        }
        Manifest stored = readBack();
        if (!stored.cut().equals(manifest.cut()) || !stored.stores().equals(manifest.stores())) {
            throw new CoordinatorException(
                    ErrorCode.MANIFEST_INVALID,
                    "the manifest of backup '" + context.operationId() + "' that was read back is another one",
                    "Verify the archive, then run the backup again.");
        }
        archive.manifests().copy(context.operationId());
        return stored;
    }

    private Manifest readBack() {
        try {
            return archive.manifests().read(context.operationId());
        } catch (CoordinatorException e) {
            if (e.code() != ErrorCode.UNKNOWN_BACKUP) {
                throw e;
            }
            throw new CoordinatorException(
                    ErrorCode.OPERATION_CANCELLED,
                    "backup '" + context.operationId()
                            + "' was given up by an earlier process, whose clean-up was interrupted",
                    "Run the backup again.",
                    e);
        }
    }

    private Manifest manifest(BackupState state, Instant now) {
        Cut cut = state.cut();
        return new Manifest(
                Manifest.FORMAT_VERSION,
                archiveId,
                archive.namespace(),
                context.operationId(),
                archive.manifests().nextSequence(),
                CREATED_BY,
                state.startedAt(),
                now,
                cut.immutableTimestamp(),
                cut.backupTimestamp(),
                cut.fastForwardTimestamp(),
                cut.timeAtBackupTimestamp(),
                new CutCertificate(
                        cut.leaseToken(),
                        cut.heldFrom(),
                        cut.heldUntil(),
                        cut.holdMillis(),
                        cut.refreshes(),
                        cut.isSettled(),
                        !cut.missingNodes().isEmpty(),
                        cut.nodes(),
                        cut.missingNodes()),
                stores(state),
                sizes(state),
                state.labels(),
                state.parentBackupId(),
                timeIndex.points(cut, state.parentBackupId()),
                "",
                List.of(),
                state.nextBackupDue());
    }

    private static List<StoreBackup> stores(BackupState state) {
        List<StoreBackup> stores = new ArrayList<>();
        for (StoreBackup facts : state.stores()) {
            List<NodeBackup> nodes = new ArrayList<>();
            for (NodeBackup node : facts.nodes()) {
                NodeCopy copy = state.copies().get(facts.name() + "/" + node.node());
                if (copy != null) {
                    nodes.add(new NodeBackup(
                            node.node(), node.tokenRanges(), copy.fileList(), copy.files(), copy.rawBytes()));
                }
            }
            stores.add(StoreStates.withNodes(facts, nodes));
        }
        return stores;
    }

    private static BackupSizes sizes(BackupState state) {
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

    private static long sum(BackupState state, ToLongFunction<NodeCopy> count) {
        return state.copies().values().stream().mapToLong(count).sum();
    }
}

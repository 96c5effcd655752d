package dev.tidemark.coordinator.backup;

import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.manifest.NodeCut;
import dev.tidemark.coordinator.node.NodeCopy;
import dev.tidemark.coordinator.node.SnapshotUploader;
import dev.tidemark.coordinator.operation.Operation.Transition;
import dev.tidemark.coordinator.operation.ParallelWork;
import dev.tidemark.coordinator.operation.StepContext;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.node.SnapshotFile;
import dev.tidemark.kvs.node.SnapshotTag;

/** Copies the snapshots of a cut into the archive, node by node; of a file that the parent backup has, nothing is read. */
final class CopyStep {
    private final NamespaceArchive archive;
    private final ParallelWork work;
    private final BackupStores stores;

    CopyStep(NamespaceArchive archive, ParallelWork work, BackupStores stores) {
        this.archive = archive;
        this.work = work;
        this.stores = stores;
    }

    /** Copies what is not copied yet, and records each part that is. */
    Transition<BackupState> run(BackupState state, StepContext<BackupState> context) {
        ParentBackup parent = ParentBackup.open(archive, state.parentBackupId(), context::note);
        SnapshotUploader uploader = new SnapshotUploader(archive, work, context::note);
        BackupState current = state;
        SnapshotTag tag = BackupStores.tag(context.operationId(), state.attempt());
        long totalBytes = totalBytes(state, tag);
        long doneBytes = 0;
        long doneFiles = 0;
        for (NodeCut cut : state.cut().nodes()) {
            BackupState before = current;
            long bytesBefore = doneBytes;
            long filesBefore = doneFiles;
            NodeCopy copy = current.copies()
                    .getOrDefault(cut.store() + "/" + cut.node(), NodeCopy.begin(cut.store(), cut.node()));
            NodeCopy done = uploader.upload(
                    stores.node(cut.store(), cut.node()),
                    tag,
                    copy,
                    parent.fileList(cut),
                    saved -> context.save(before.withCopy(saved)),
                    (bytes, files) -> {
                        context.ensureHeld();
                        context.progress(bytesBefore + bytes, totalBytes, filesBefore + files);
                    });
            current = current.withCopy(done);
            doneBytes += done.rawBytes();
            doneFiles += done.files();
        }
        return Transition.next(current);
    }

    private long totalBytes(BackupState state, SnapshotTag tag) {
        long bytes = 0;
        for (NodeCut cut : state.cut().nodes()) {
            try (CloseableIterator<SnapshotFile> files =
                    stores.node(cut.store(), cut.node()).files(tag, "")) {
                while (files.hasNext()) {
                    bytes += files.next().sizeBytes();
                }
            }
        }
        return bytes;
    }
}

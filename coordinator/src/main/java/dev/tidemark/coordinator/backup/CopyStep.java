package dev.tidemark.coordinator.backup;

import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.manifest.NodeCut;
import dev.tidemark.coordinator.node.NodeCopy;
import dev.tidemark.coordinator.node.NodeSnapshot;
import dev.tidemark.coordinator.node.SnapshotUploader;
import dev.tidemark.coordinator.operation.Operation.Transition;
import dev.tidemark.coordinator.operation.ParallelWork;
import dev.tidemark.coordinator.operation.StepContext;
import dev.tidemark.kvs.node.SnapshotTag;
import java.util.List;

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
        List<NodeSnapshot> snapshots = measure(state, BackupStores.tag(context.operationId(), state.attempt()));
        long totalBytes = snapshots.stream().mapToLong(NodeSnapshot::bytes).sum();
        BackupState current = state;
        long doneBytes = 0;
        long doneFiles = 0;
        for (int i = 0; i < snapshots.size(); i++) {
            NodeCut cut = state.cut().nodes().get(i);
            BackupState before = current;
            long bytesBefore = doneBytes;
            long filesBefore = doneFiles;
            NodeCopy copy = current.copies()
                    .getOrDefault(cut.store() + "/" + cut.node(), NodeCopy.begin(cut.store(), cut.node()));
            NodeCopy done = uploader.upload(
                    snapshots.get(i),
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

    private List<NodeSnapshot> measure(BackupState state, SnapshotTag tag) {
        return state.cut().nodes().stream()
                .map(cut -> NodeSnapshot.measure(stores.node(cut.store(), cut.node()), tag))
                .toList();
    }
}

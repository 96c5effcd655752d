package dev.tidemark.coordinator.backup;

import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.manifest.NodeCut;
import dev.tidemark.coordinator.node.CopyOrder;
import dev.tidemark.coordinator.node.NodeCopy;
import dev.tidemark.coordinator.node.NodeSnapshot;
import dev.tidemark.coordinator.node.NodeWorkers;
import dev.tidemark.coordinator.node.SummedProgress;
import dev.tidemark.coordinator.operation.Operation.Transition;
import dev.tidemark.coordinator.operation.ParallelWork;
import dev.tidemark.coordinator.operation.StepContext;
import dev.tidemark.kvs.node.SnapshotTag;
import dev.tidemark.kvs.node.StoreNode;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Copies the snapshots of a cut into the archive; of a file that the parent backup has, nothing is read. */
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
        NodeWorkers workers = new NodeWorkers(archive, stores.epoch(context), work, context::note);
        workers.completeIndex();
        Map<NodeCut, NodeSnapshot> snapshots = measure(state, workers, context);
        long totalBytes =
                snapshots.values().stream().mapToLong(NodeSnapshot::bytes).sum();
        SummedProgress progress = new SummedProgress(context, totalBytes);
        Map<NodeCut, NodeCopy> done = new ConcurrentHashMap<>();
        workers.run(state.cut().nodes(), cut -> snapshots.get(cut).node(), (cut, worker) -> {
            SummedProgress.Share share = progress.share(cut.store(), cut.node());
            NodeCopy copy = worker.copy(
                    new CopyOrder(snapshots.get(cut), state.copyOf(cut), parent.fileList(cut)),
                    saved -> context.saveChange(
                            current -> current.withCopies(done.values()).withCopy(saved)),
                    share::reached);
            share.ended(copy.rawBytes(), copy.files());
            done.put(cut, copy);
        });
        return Transition.next(state.withCopies(done.values()));
    }

    private Map<NodeCut, NodeSnapshot> measure(
            BackupState state, NodeWorkers workers, StepContext<BackupState> context) {
        SnapshotTag tag = BackupStores.tag(context.operationId(), state.attempt());
        Map<NodeCut, NodeSnapshot> snapshots = new ConcurrentHashMap<>();
        workers.run(state.cut().nodes(), this::node, (cut, worker) -> snapshots.put(cut, worker.measure(tag)));
        return snapshots;
    }

    private StoreNode node(NodeCut cut) {
        return stores.node(cut.store(), cut.node());
    }
}

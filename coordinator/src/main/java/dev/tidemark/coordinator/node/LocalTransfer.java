package dev.tidemark.coordinator.node;

import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.operation.ParallelWork;
import dev.tidemark.kvs.node.SnapshotTag;
import dev.tidemark.kvs.node.StoreNode;
import java.util.function.Consumer;

/** Moves bytes in this process. The nodes of one step share an index of the archive, which is loaded when the first one needs it. */
final class LocalTransfer {
    private final NamespaceArchive archive;
    private final ParallelWork work;
    private final Consumer<String> notes;
    private SnapshotUploader uploader;
    private NodeRestorer restorer;

    LocalTransfer(NamespaceArchive archive, ParallelWork work, Consumer<String> notes) {
        this.archive = archive;
        this.work = work;
        this.notes = notes;
    }

    /** Returns what copies. Not thread-safe: it is for the one thread that works on the nodes of this process. */
    SnapshotUploader uploader() {
        if (uploader == null) {
            uploader = new SnapshotUploader(archive, work, notes);
        }
        return uploader;
    }

    private NodeRestorer restorer() {
        if (restorer == null) {
            restorer = new NodeRestorer(archive, work);
        }
        return restorer;
    }

    NodeWorker worker(StoreNode node) {
        return new NodeWorker() {
            @Override
            public NodeSnapshot measure(SnapshotTag tag) {
                return NodeSnapshot.measure(node, tag);
            }

            @Override
            public NodeCopy copy(CopyOrder order, Consumer<NodeCopy> save, SnapshotUploader.Progress progress) {
                return uploader().upload(order.snapshot(), order.from(), order.previous(), save, progress);
            }

            @Override
            public void stage(StageOrder order, NodeRestorer.Progress progress) {
                restorer().stage(node, order.restore(), order.sources(), progress);
            }
        };
    }
}

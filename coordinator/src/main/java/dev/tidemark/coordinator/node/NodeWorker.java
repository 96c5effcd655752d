package dev.tidemark.coordinator.node;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.node.SnapshotTag;
import java.util.function.Consumer;

/**
 * Moves the bytes of one node for one operation, in this process or in another one that sits beside the node. All methods block and
 * are thread-safe. They throw {@link CoordinatorException} for what is wrong with the archive and {@link KeyValueStoreException}
 * for what is wrong with the node; who works elsewhere may throw either for both.
 */
public interface NodeWorker {
    /** Counts the files of a snapshot and adds them up. */
    NodeSnapshot measure(SnapshotTag tag);

    /**
     * Copies what is left of the node's snapshot into the archive.
     *
     * @param save makes progress durable; called some hundred times at most
     * @param progress is told how far this node has got, every few seconds at least while the copy is under way; throws to stop
     *     waiting for it
     * @return the finished copy
     */
    NodeCopy copy(CopyOrder order, Consumer<NodeCopy> save, SnapshotUploader.Progress progress);

    /**
     * Stages the files of the node that are not staged yet, and makes them durable.
     *
     * @param progress as for {@link #copy}
     */
    void stage(StageOrder order, NodeRestorer.Progress progress);
}

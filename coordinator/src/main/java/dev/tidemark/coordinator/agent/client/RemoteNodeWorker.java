package dev.tidemark.coordinator.agent.client;

import dev.tidemark.coordinator.agent.protocol.TaskRequest;
import dev.tidemark.coordinator.agent.protocol.TaskStatus;
import dev.tidemark.coordinator.node.CopyOrder;
import dev.tidemark.coordinator.node.NodeCopy;
import dev.tidemark.coordinator.node.NodeRestorer;
import dev.tidemark.coordinator.node.NodeSnapshot;
import dev.tidemark.coordinator.node.NodeWorker;
import dev.tidemark.coordinator.node.OperationEpoch;
import dev.tidemark.coordinator.node.SnapshotUploader;
import dev.tidemark.coordinator.node.StageOrder;
import dev.tidemark.kvs.node.SnapshotTag;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Lets an agent move the bytes of its node, and follows it. A copy has the same id whoever asks for it, so that a coordinator that takes
 * over finds what the one before has begun. A staging is begun anew, under the epoch of who asks for it; it finds what is staged.
 */
final class RemoteNodeWorker implements NodeWorker {
    private final RemoteNode node;
    private final AgentClient client;
    private final OperationEpoch operation;
    private final Consumer<String> notes;

    RemoteNodeWorker(RemoteNode node, AgentClient client, OperationEpoch operation, Consumer<String> notes) {
        this.node = node;
        this.client = client;
        this.operation = operation;
        this.notes = notes;
    }

    @Override
    public NodeSnapshot measure(SnapshotTag tag) {
        TaskStatus.Progress progress =
                client.run(new TaskRequest.Measure(tag.tag())).progress();
        return new NodeSnapshot(node, tag, progress.totalFiles(), progress.totalBytes());
    }

    @Override
    public NodeCopy copy(CopyOrder order, Consumer<NodeCopy> save, SnapshotUploader.Progress progress) {
        if (order.from().isDone()) {
            return order.from();
        }
        AtomicReference<NodeCopy> saved = new AtomicReference<>(order.from());
        String tag = order.snapshot().tag().tag();
        TaskNews news = new TaskNews(client, node, notes);
        TaskStatus last = client.follow(
                "copy-" + tag + "-" + order.from().store(),
                () -> new TaskRequest.Copy(operation, tag, saved.get(), order.previous()),
                status -> {
                    news.tell(status);
                    progress.copied(status.progress().bytes(), status.progress().files());
                    NodeCopy copy = status.copy();
                    if (copy != null
                            && copy.parts().size() > saved.get().parts().size()) {
                        saved.set(copy);
                        if (!copy.isDone()) {
                            save.accept(copy);
                        }
                    }
                });
        return requireDone(last);
    }

    private NodeCopy requireDone(TaskStatus last) {
        if (last.copy() == null || !last.copy().isDone()) {
            throw client.errors().unintelligible(200, null);
        }
        return last.copy();
    }

    @Override
    public void stage(StageOrder order, NodeRestorer.Progress progress) {
        TaskRequest request = new TaskRequest.Stage(
                operation.archiveId(),
                operation.namespace(),
                order.restore(),
                order.backupId(),
                order.store(),
                order.sources().stream()
                        .map(source -> new TaskRequest.Source(
                                source.node().node(),
                                source.pathPrefix(),
                                source.files().pathPrefixes()))
                        .toList());
        TaskNews news = new TaskNews(client, node, notes);
        client.follow(client.newTaskId("stage-" + order.restore().id()), () -> request, status -> {
            news.tell(status);
            progress.staged(status.progress().bytes(), status.progress().files());
        });
    }
}

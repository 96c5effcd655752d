package dev.tidemark.coordinator.node;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.operation.ParallelWork;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.node.SnapshotTag;
import dev.tidemark.kvs.node.StoreNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Finds the worker of each node of a step, and lets several work at a time. Agents beside their nodes do so in parallel. Nodes whose
 * bytes move through this process take turns, in the order of the list: each of them keeps all processors busy, and memory is for one.
 *
 * <p>The first failure stops the others, whatever they wait for; what an agent has begun it goes on with by itself, and whoever asks
 * for it again finds it.
 */
public final class NodeWorkers {
    private final OperationEpoch operation;
    private final ParallelWork work;
    private final Consumer<String> notes;
    private final LocalTransfer local;

    /**
     * Creates the workers of a step.
     *
     * @param work how many nodes are worked on at a time
     * @param notes is told of fallbacks, one sentence each; called from several threads
     */
    public NodeWorkers(NamespaceArchive archive, OperationEpoch operation, ParallelWork work, Consumer<String> notes) {
        this.operation = operation;
        this.work = work;
        this.notes = notes;
        this.local = new LocalTransfer(archive, work, notes);
    }

    /**
     * Loads the archive's index for copies and completes it where index objects are lost, so that no agent has to. To be called
     * under the namespace's lock, before anybody copies.
     */
    public void completeIndex() {
        local.uploader();
    }

    /**
     * Applies the action to each item and the worker of its node, and waits for all.
     *
     * @throws RuntimeException or {@link Error}: what the first failing action threw
     */
    public <T> void run(List<T> items, Function<T, StoreNode> nodeOf, BiConsumer<T, NodeWorker> action) {
        AtomicReference<Throwable> firstFailure = new AtomicReference<>();
        List<Runnable> turns = new ArrayList<>();
        List<Runnable> inThisProcess = new ArrayList<>();
        for (T item : items) {
            StoreNode node = nodeOf.apply(item);
            NodeWorker worker = new StoppableWorker(worker(node), firstFailure);
            Runnable one = () -> runOne(() -> action.accept(item, worker), firstFailure);
            (node instanceof AgentNode ? turns : inThisProcess).add(one);
        }
        if (turns.isEmpty()) {
            inThisProcess.forEach(Runnable::run);
            return;
        }
        if (!inThisProcess.isEmpty()) {
            turns.add(0, () -> inThisProcess.forEach(Runnable::run));
        }
        try {
            work.run(turns, Runnable::run);
        } catch (RuntimeException | Error e) {
            throw first(firstFailure.get(), e);
        }
    }

    private NodeWorker worker(StoreNode node) {
        return node instanceof AgentNode agent ? agent.worker(operation, notes) : local.worker(node);
    }

    private static void runOne(Runnable one, AtomicReference<Throwable> firstFailure) {
        try {
            one.run();
        } catch (RuntimeException | Error e) {
            firstFailure.compareAndSet(null, e);
            throw e;
        }
    }

    /** Others fail because they were stopped, and may have been faster to say so. */
    private static RuntimeException first(Throwable first, Throwable seen) {
        Throwable cause = first == null ? seen : first;
        if (cause instanceof Error error) {
            throw error;
        }
        return (RuntimeException) cause;
    }

    /** A worker that ends, at its next sign of life, when another one has failed. */
    private record StoppableWorker(NodeWorker worker, AtomicReference<Throwable> firstFailure) implements NodeWorker {
        @Override
        public NodeSnapshot measure(SnapshotTag tag) {
            return worker.measure(tag);
        }

        @Override
        public NodeCopy copy(CopyOrder order, Consumer<NodeCopy> save, SnapshotUploader.Progress progress) {
            return worker.copy(order, save, (bytes, files) -> {
                requireNoFailure();
                progress.copied(bytes, files);
            });
        }

        @Override
        public void stage(StageOrder order, NodeRestorer.Progress progress) {
            worker.stage(order, (bytes, files) -> {
                requireNoFailure();
                progress.staged(bytes, files);
            });
        }

        private void requireNoFailure() {
            Throwable failure = firstFailure.get();
            if (failure != null) {
                throw new CoordinatorException(
                        ErrorCode.INTERRUPTED, "stopped because another node failed: " + failure.getMessage(), "");
            }
        }
    }
}

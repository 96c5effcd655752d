package dev.tidemark.coordinator.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.SampleArchive;
import dev.tidemark.coordinator.archive.filelist.FileListRef;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore;
import dev.tidemark.coordinator.operation.ParallelWork;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.node.SnapshotTag;
import dev.tidemark.kvs.node.StoreNode;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NodeWorkersTest {
    private static final OperationEpoch OPERATION = new OperationEpoch("a", "orders", "backup-1", 7);
    private static final SnapshotTag TAG = new SnapshotTag("backup.1");
    private static final long LIMIT_SECONDS = 60;

    private final NamespaceArchive archive = SampleArchive.create(new InMemoryObjectStore(), "orders");
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void run_nodesOfThisProcess_takeTurnsInOrderOnTheCallingThread() {
        List<StoreNode> nodes = List.of(new GeneratedNode(1, 1), new GeneratedNode(2, 1), new GeneratedNode(3, 1));
        List<Long> measured = new ArrayList<>();
        List<Thread> ranOn = new ArrayList<>();

        workers(threads).run(nodes, Function.identity(), (node, worker) -> {
            measured.add(worker.measure(TAG).files());
            ranOn.add(Thread.currentThread());
        });

        assertThat(measured).containsExactly(1L, 2L, 3L);
        assertThat(ranOn).containsOnly(Thread.currentThread());
    }

    @Test
    void run_nodesWithAgents_workAtTheSameTimeAsThoseOfThisProcess() throws InterruptedException {
        CountDownLatch allAreAtWork = new CountDownLatch(3);
        Worker waiting = progress -> {
            allAreAtWork.countDown();
            await(allAreAtWork);
        };
        List<StoreNode> nodes = List.of(agent(waiting), new GeneratedNode(1, 1), agent(waiting));
        List<StoreNode> done = Collections.synchronizedList(new ArrayList<>());

        workers(threads).run(nodes, Function.identity(), (node, worker) -> {
            if (node instanceof GeneratedNode) {
                allAreAtWork.countDown();
                await(allAreAtWork);
            } else {
                worker.copy(order(node), saved -> {}, (bytes, files) -> {});
            }
            done.add(node);
        });

        assertThat(done).containsExactlyInAnyOrderElementsOf(nodes);
    }

    @Test
    void run_oneAgentFails_othersStopWaitingAndItsFailureIsThrown() {
        CountDownLatch isWaiting = new CountDownLatch(1);
        Worker endless = progress -> {
            while (true) {
                progress.copied(1, 1);
                isWaiting.countDown();
            }
        };
        Worker failing = progress -> {
            await(isWaiting);
            throw new CoordinatorException(ErrorCode.STORE_UNAVAILABLE, "no answer", "Look.");
        };

        assertThatThrownBy(() -> workers(threads)
                        .run(
                                List.of(agent(endless), agent(failing)),
                                Function.identity(),
                                (node, worker) -> worker.copy(order(node), saved -> {}, (bytes, files) -> {})))
                .isInstanceOfSatisfying(
                        CoordinatorException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE));
    }

    @Test
    void run_onTheCallingThread_worksOnOneNodeAfterTheOther() {
        List<String> events = new ArrayList<>();
        List<StoreNode> nodes = List.of(
                agent(progress -> events.add("first")), new GeneratedNode(1, 1), agent(progress -> events.add("last")));

        workers(Runnable::run).run(nodes, Function.identity(), (node, worker) -> {
            if (node instanceof GeneratedNode) {
                events.add("in this process");
            } else {
                worker.copy(order(node), saved -> {}, (bytes, files) -> {});
            }
        });

        assertThat(events).containsExactly("in this process", "first", "last");
    }

    @Test
    void of_nodeWithAnAgent_isBoundToTheOperationAndAnyOtherIsNot() {
        StoreNode agent = agent(progress -> {});
        StoreNode local = new GeneratedNode(1, 1);

        assertThat(AgentNode.of(agent, OPERATION)).isNotSameAs(agent);
        assertThat(AgentNode.of(local, OPERATION)).isSameAs(local);
    }

    private NodeWorkers workers(Executor executor) {
        return new NodeWorkers(archive, OPERATION, new ParallelWork(executor, 3), note -> {});
    }

    private static CopyOrder order(StoreNode node) {
        return new CopyOrder(
                new NodeSnapshot(node, TAG, 1, 1), NodeCopy.begin("main", "n1"), new FileListRef(List.of()));
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns a node whose agent does this when it is asked to copy. */
    private static AgentNode agent(Worker work) {
        NodeWorker worker = new NodeWorker() {
            @Override
            public NodeSnapshot measure(SnapshotTag tag) {
                throw new UnsupportedOperationException();
            }

            @Override
            public NodeCopy copy(CopyOrder order, Consumer<NodeCopy> save, SnapshotUploader.Progress progress) {
                work.run(progress);
                return order.from().done();
            }

            @Override
            public void stage(StageOrder order, NodeRestorer.Progress progress) {
                throw new UnsupportedOperationException();
            }
        };
        InvocationHandler handler = (proxy, method, arguments) -> switch (method.getName()) {
            case "worker" -> worker;
            case "of" -> new GeneratedNode(0, 0);
            case "equals" -> proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            default -> throw new UnsupportedOperationException(method.getName());
        };
        return (AgentNode)
                Proxy.newProxyInstance(AgentNode.class.getClassLoader(), new Class<?>[] {AgentNode.class}, handler);
    }

    @FunctionalInterface
    private interface Worker {
        void run(SnapshotUploader.Progress progress);
    }
}

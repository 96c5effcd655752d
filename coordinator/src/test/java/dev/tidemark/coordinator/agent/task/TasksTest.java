package dev.tidemark.coordinator.agent.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.agent.node.ServedNode;
import dev.tidemark.coordinator.agent.protocol.NodeChange;
import dev.tidemark.coordinator.agent.protocol.TaskRequest;
import dev.tidemark.coordinator.agent.protocol.TaskState;
import dev.tidemark.coordinator.agent.protocol.TaskStatus;
import dev.tidemark.coordinator.agent.throttle.CopyGate;
import dev.tidemark.coordinator.agent.throttle.CopyThrottle;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.SampleArchive;
import dev.tidemark.coordinator.archive.filelist.FileListRef;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore;
import dev.tidemark.coordinator.engine.SyntheticStore;
import dev.tidemark.coordinator.node.NodeCopy;
import dev.tidemark.coordinator.node.OperationEpoch;
import dev.tidemark.coordinator.operation.ParallelWork;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.node.SnapshotTag;
import dev.tidemark.kvs.node.StoreNode;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TasksTest {
    private static final long FILES = 500;

    /** Enough for three parts of a file list. */
    private static final long MANY_FILES = 45_000;

    private static final SnapshotTag TAG = new SnapshotTag("backup-1.1");
    private static final RestoreId RESTORE = new RestoreId("restore-1", 10);
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final FileListRef NO_LIST = new FileListRef(List.of());

    @TempDir
    private Path directory;

    private final InMemoryObjectStore objects = new InMemoryObjectStore();
    private final NamespaceArchive archive = SampleArchive.create(objects, "orders");
    private SyntheticStore store = new SyntheticStore(FILES, 4);
    private StoreNode node = store.targetNodes().get(0);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private CopyGate gate;

    /** Lets {@code load} of the node wait. */
    private final CountDownLatch isLoadAllowed = new CountDownLatch(1);

    private final CountDownLatch isLoading = new CountDownLatch(1);
    private final AtomicInteger snapshots = new AtomicInteger();
    private Tasks tasks;

    @BeforeEach
    void start() {
        gate = CopyGate.in(directory);
        tasks = tasks(TaskLimits.DEFAULT);
        node.snapshot(TAG);
    }

    @AfterEach
    void stop() {
        isLoadAllowed.countDown();
        gate.resume();
        tasks.close();
        threads.shutdownNow();
    }

    @Test
    void begin_sameIdAndContent_findsTheTaskAndDoesItOnce() throws Exception {
        TaskRequest request = new TaskRequest.Snapshot(null, "one");

        tasks.begin("t", request);
        TaskStatus ended = end("t");
        TaskStatus found = tasks.begin("t", new TaskRequest.Snapshot(null, "one"));

        assertThat(ended.state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(found).isEqualTo(ended);
        assertThat(snapshots.get()).isEqualTo(1);
    }

    @Test
    void begin_sameIdAndOtherContent_isRefused() throws Exception {
        tasks.begin("t", new TaskRequest.Snapshot(null, "one"));
        end("t");

        assertFails(ErrorCode.NOT_ALLOWED_NOW, () -> tasks.begin("t", new TaskRequest.Snapshot(null, "two")));
        assertFails(ErrorCode.NOT_ALLOWED_NOW, () -> tasks.begin("t", new TaskRequest.Cleanup()));
        assertFails(ErrorCode.INVALID_INPUT, () -> tasks.begin("../t", new TaskRequest.Cleanup()));
    }

    @Test
    void begin_copy_hasAllFilesInTheEndAndSavesParts() throws Exception {
        store = new SyntheticStore(MANY_FILES, 4);
        node = store.targetNodes().get(0);
        tasks.begin("c", copy(7, NodeCopy.begin("main", "node-0")));

        TaskStatus status = end("c");

        assertThat(status.state()).as(String.valueOf(status.error())).isEqualTo(TaskState.SUCCEEDED);
        assertThat(status.copy().isDone()).isTrue();
        assertThat(status.copy().files()).isEqualTo(MANY_FILES);
        assertThat(status.copy().parts()).hasSizeGreaterThanOrEqualTo(3);
        assertThat(status.progress())
                .isEqualTo(new TaskStatus.Progress(4 * MANY_FILES, MANY_FILES, 4 * MANY_FILES, MANY_FILES, false));
    }

    @Test
    void begin_copyOfAGreaterEpochOfTheSameOperation_followsTheOneThatRuns() throws Exception {
        gate.pause();
        tasks.begin("c", copy(7, NodeCopy.begin("main", "node-0")));
        awaitPaused("c");

        TaskStatus found = tasks.begin("c", copy(8, NodeCopy.begin("main", "node-0")));
        assertThat(found.state()).isEqualTo(TaskState.RUNNING);
        assertFails(ErrorCode.FENCED_OUT, () -> tasks.begin("c", copy(7, NodeCopy.begin("main", "node-0"))));
        gate.resume();

        assertThat(end("c").state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(store.opened()).as("no file is read twice").isEqualTo(FILES);
    }

    @Test
    void begin_anythingOfAGreaterEpochOfAnotherOperation_endsTheCopy() throws Exception {
        gate.pause();
        tasks.begin("c", copy(7, NodeCopy.begin("main", "node-0")));
        awaitPaused("c");

        tasks.begin("s", new TaskRequest.Snapshot(operation("backup-2", 8), "backup-2.1"));

        assertThat(end("c").state()).isEqualTo(TaskState.CANCELLED);
        assertThat(end("s").state()).isEqualTo(TaskState.SUCCEEDED);
    }

    @Test
    void begin_snapshotOrDropOfALesserEpoch_isFencedOut() throws Exception {
        tasks.begin("s", new TaskRequest.Snapshot(operation("backup-1", 8), "backup-1.2"));
        end("s");

        assertFails(
                ErrorCode.FENCED_OUT,
                () -> tasks.begin("late", new TaskRequest.Snapshot(operation("backup-1", 7), "backup-1.3")));
        assertFails(
                ErrorCode.FENCED_OUT,
                () -> tasks.begin("late", new TaskRequest.Drop(operation("backup-1", 7), "backup-1.2")));
        assertThat(node.snapshots()).contains(new SnapshotTag("backup-1.2"));
    }

    @Test
    void begin_copyThatHasFailed_beginsAgainForAGreaterEpochOnly() throws Exception {
        objects.failNext(
                InMemoryObjectStore.Operation.CREATE,
                new CoordinatorException(ErrorCode.ARCHIVE_UNAVAILABLE, "the archive is away", "Wait."));
        tasks.begin("c", copy(7, NodeCopy.begin("main", "node-0")));
        TaskStatus failed = end("c");
        assertThat(failed.state()).isEqualTo(TaskState.FAILED);
        assertThat(failed.error().code()).isEqualTo(ErrorCode.ARCHIVE_UNAVAILABLE.name());

        assertThat(tasks.begin("c", copy(7, NodeCopy.begin("main", "node-0")))).isEqualTo(failed);
        tasks.begin("c", copy(8, NodeCopy.begin("main", "node-0")));

        assertThat(end("c").state()).isEqualTo(TaskState.SUCCEEDED);
    }

    @Test
    void begin_copyOfAnotherNode_fails() throws Exception {
        tasks.begin("c", copy(7, NodeCopy.begin("main", "node-1")));

        TaskStatus status = end("c");

        assertThat(status.state()).isEqualTo(TaskState.FAILED);
        assertThat(status.error().code()).isEqualTo(ErrorCode.INVALID_INPUT.name());
        assertThat(status.error().message()).contains("node-1").contains("node-0");
    }

    @Test
    void begin_drop_endsTheCopiesOfTheSnapshotFirst() throws Exception {
        gate.pause();
        tasks.begin("c", copy(7, NodeCopy.begin("main", "node-0")));
        awaitPaused("c");

        tasks.begin("d", new TaskRequest.Drop(null, TAG.tag()));

        assertThat(end("d").state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(tasks.await("c", 0, Duration.ZERO).state()).isEqualTo(TaskState.CANCELLED);
        assertThat(node.snapshots()).isEmpty();
    }

    @Test
    void cancel_copyThatIsPaused_endsIt() throws Exception {
        gate.pause();
        tasks.begin("c", copy(7, NodeCopy.begin("main", "node-0")));
        awaitPaused("c");

        tasks.cancel("c");

        TaskStatus status = end("c");
        assertThat(status.state()).isEqualTo(TaskState.CANCELLED);
        assertThat(status.error().code()).isEqualTo(ErrorCode.OPERATION_CANCELLED.name());
        assertThat(tasks.cancel("c")).isEqualTo(status);
    }

    @Test
    void cancel_changeHalfWay_isRefusedAndOneThatWaitsIsGone() throws Exception {
        tasks.close();
        tasks = tasks(new TaskLimits(1, 2, 10));
        tasks.begin("load", new TaskRequest.Change(NodeChange.LOAD, RESTORE, ""));
        await(isLoading);
        tasks.begin("snapshot", new TaskRequest.Snapshot(null, "one"));
        assertThat(tasks.counts().waiting()).isEqualTo(1);

        assertFails(ErrorCode.NOT_ALLOWED_NOW, () -> tasks.cancel("load"));
        assertThat(tasks.cancel("snapshot").state()).isEqualTo(TaskState.CANCELLED);
        isLoadAllowed.countDown();

        assertThat(end("load").state()).isEqualTo(TaskState.SUCCEEDED);
        assertThat(snapshots.get()).isZero();
        assertFails(ErrorCode.UNKNOWN_OPERATION, () -> tasks.cancel("no-such-task"));
    }

    @Test
    void begin_moreThanMayWait_isRefusedUntilSomeHaveEnded() throws Exception {
        tasks.close();
        tasks = tasks(new TaskLimits(1, 2, 10));
        tasks.begin("load", new TaskRequest.Change(NodeChange.LOAD, RESTORE, ""));
        await(isLoading);
        tasks.begin("one", new TaskRequest.Snapshot(null, "one"));
        tasks.begin("two", new TaskRequest.Snapshot(null, "two"));

        assertFails(
                ErrorCode.OPERATION_IN_PROGRESS, () -> tasks.begin("three", new TaskRequest.Snapshot(null, "three")));
        isLoadAllowed.countDown();
        end("two");

        tasks.begin("three", new TaskRequest.Snapshot(null, "three"));
        assertThat(end("three").state()).isEqualTo(TaskState.SUCCEEDED);
    }

    @Test
    void begin_moreThanAreRemembered_forgetsTheOldest() throws Exception {
        tasks.close();
        tasks = tasks(new TaskLimits(1, 2, 3));
        for (int i = 0; i < 6; i++) {
            tasks.begin("t" + i, new TaskRequest.Measure(TAG.tag()));
            end("t" + i);
        }

        assertThat(tasks.list())
                .extracting(TaskStatus::taskId)
                .startsWith("t5", "t4", "t3")
                .doesNotContain("t0", "t1");
        assertFails(ErrorCode.UNKNOWN_OPERATION, () -> tasks.await("t0", 0, Duration.ZERO));
    }

    @Test
    void begin_changeThatOnlyCassandraHas_isRefused() throws Exception {
        tasks.begin("r", new TaskRequest.Repair(Set.of("accounts")));
        tasks.begin("k", new TaskRequest.Change(NodeChange.KEEP, RESTORE, "restore-0"));

        assertThat(end("r").error().code()).isEqualTo(ErrorCode.STORE_UNSUPPORTED.name());
        assertThat(end("k").error().code()).isEqualTo(ErrorCode.STORE_UNSUPPORTED.name());
    }

    @Test
    void close_copyUnderWay_leavesNobodyBelievingThatItHasEnded() throws Exception {
        gate.pause();
        tasks.begin("c", copy(7, NodeCopy.begin("main", "node-0")));
        awaitPaused("c");

        tasks.close();

        assertThat(tasks.await("c", 0, Duration.ZERO).state()).isEqualTo(TaskState.RUNNING);
        assertFails(ErrorCode.OPERATION_IN_PROGRESS, () -> tasks.begin("s", new TaskRequest.Snapshot(null, "one")));
    }

    private Tasks tasks(TaskLimits limits) {
        AgentArchive agentArchive = new AgentArchive() {
            @Override
            public NamespaceArchive namespace(String archiveId, String namespace) {
                return archive;
            }

            @Override
            public String openId() {
                return archive.archiveId();
            }
        };
        TaskRunner runner = new TaskRunner(
                new ServedNode("test", "", watched(), () -> {}),
                agentArchive,
                CopyThrottle.of(gate),
                new ParallelWork(threads, 2));
        return new Tasks(runner, EpochFence.open(directory), gate, threads, limits);
    }

    /** Returns the node with a {@code load} that waits, and snapshots that are counted. */
    private StoreNode watched() {
        InvocationHandler handler = (proxy, method, arguments) -> {
            if (method.getName().equals("load")) {
                isLoading.countDown();
                await(isLoadAllowed);
            }
            if (method.getName().equals("snapshot")) {
                snapshots.incrementAndGet();
            }
            try {
                method.setAccessible(true);
                return method.invoke(node, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        };
        return (StoreNode)
                Proxy.newProxyInstance(StoreNode.class.getClassLoader(), new Class<?>[] {StoreNode.class}, handler);
    }

    private static TaskRequest copy(long epoch, NodeCopy from) {
        return new TaskRequest.Copy(operation("backup-1", epoch), TAG.tag(), from, NO_LIST);
    }

    private static OperationEpoch operation(String operationId, long epoch) {
        return new OperationEpoch("archive", "orders", operationId, epoch);
    }

    private void awaitPaused(String id) throws InterruptedException {
        TaskStatus status = tasks.await(id, 0, Duration.ZERO);
        while (status.progress().totalFiles() == 0) {
            status = tasks.await(id, status.revision(), LIMIT);
        }
        assertThat(status.progress().isPaused()).isTrue();
    }

    private TaskStatus end(String id) throws InterruptedException {
        TaskStatus status = tasks.await(id, Long.MAX_VALUE, LIMIT);
        while (!status.state().isEnd()) {
            status = tasks.await(id, Long.MAX_VALUE, LIMIT);
        }
        return status;
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void assertFails(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(CoordinatorException.class, e -> {
            assertThat(e.code()).isEqualTo(code);
            assertThat(e.hint()).endsWith(".");
        });
    }
}

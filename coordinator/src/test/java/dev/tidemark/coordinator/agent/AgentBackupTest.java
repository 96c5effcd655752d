package dev.tidemark.coordinator.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.agent.client.AgentClient;
import dev.tidemark.coordinator.agent.client.AgentClientSettings;
import dev.tidemark.coordinator.agent.client.AgentExpectation;
import dev.tidemark.coordinator.agent.protocol.TaskState;
import dev.tidemark.coordinator.agent.protocol.TaskStatus;
import dev.tidemark.coordinator.agent.service.AgentConfiguration;
import dev.tidemark.coordinator.agent.service.AgentServer;
import dev.tidemark.coordinator.agent.service.AgentSettings;
import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.ArchiveSeams;
import dev.tidemark.coordinator.archive.filesystem.FilesystemObjectStore;
import dev.tidemark.coordinator.archive.key.ArchiveKey;
import dev.tidemark.coordinator.backup.BackupReport;
import dev.tidemark.coordinator.backup.BackupRequest;
import dev.tidemark.coordinator.engine.Coordinator;
import dev.tidemark.coordinator.engine.SyntheticStore;
import dev.tidemark.coordinator.operation.EngineOptions;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.operation.OperationSummary;
import dev.tidemark.coordinator.operation.VirtualTime;
import dev.tidemark.coordinator.restore.RestoreReport;
import dev.tidemark.coordinator.restore.RestoreRequest;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.node.StoreNode;
import dev.tidemark.kvs.time.PeriodicTasks;
import dev.tidemark.timestamp.bound.InMemoryBoundStore;
import dev.tidemark.timestamp.oracle.InProcessTimestampClient;
import dev.tidemark.timestamp.oracle.OracleSeams;
import dev.tidemark.timestamp.oracle.OracleSettings;
import dev.tidemark.timestamp.oracle.TimestampOracles;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups and restores of a store whose node is behind an agent, with coordinators and agents that die. Coordinators live in virtual time. */
class AgentBackupTest {
    private static final String NAMESPACE = "orders";
    private static final long FILES = 500;
    private static final long FILES_PER_PART = 20_000;
    private static final long FILES_OF_TWO_PARTS = 23_000;
    private static final int BYTES = 4;

    @TempDir
    private Path directory;

    private final VirtualTime time = new VirtualTime();
    private final PeriodicTasks oracleProcess = time.process();
    private final TimestampOracles oracles = new TimestampOracles(
            new InMemoryBoundStore(), OracleSettings.defaults(), new OracleSeams(time, time, oracleProcess));
    private final ExecutorService workers = Executors.newCachedThreadPool();
    private final Random random = new Random(11);
    private final List<String> notes = Collections.synchronizedList(new ArrayList<>());
    private SyntheticStore store;
    private StoreNode node;
    private TestAgents agents;
    private AgentServer agent;
    private URI endpoint;
    private Archive archive;

    /** How many files had been read when the present agent began. */
    private long openedBefore;

    @BeforeEach
    void start() {
        agents = new TestAgents(directory);
        archive = Archive.create(
                FilesystemObjectStore.open(directory.resolve("archive"), random),
                ArchiveKey.keyFile(new byte[32]),
                new ArchiveSeams(InstantSource.system(), random, workers));
        oracles.create(NAMESPACE);
        serve(FILES);
    }

    @AfterEach
    void stop() {
        agents.close();
        oracles.close();
        workers.shutdownNow();
    }

    @Test
    void backupAndRestore_nodeBehindAnAgent_haveEveryFileAndReadNoneTwice() {
        BackupReport first = backup(OperationListener.NONE);
        BackupReport second = backup(OperationListener.NONE);
        RestoreReport restore = restore();

        assertThat(first.files()).isEqualTo(FILES);
        assertThat(first.readBytes()).isEqualTo(FILES * BYTES);
        assertThat(second.files()).isEqualTo(FILES);
        assertThat(second.readBytes()).isZero();
        assertThat(store.opened()).isEqualTo(FILES);
        assertThat(restore.bytes()).isEqualTo(FILES * BYTES);
        assertThat(store.stagedFiles()).isEqualTo(FILES);
        assertThat(store.wrongFiles()).isZero();
        assertThat(node.snapshots()).isEmpty();
    }

    @Test
    void backup_coordinatorDiesInTheCopy_agentGoesOnAndTheNextOneFindsTheResult() throws Exception {
        client().pause();

        assertThatThrownBy(() -> backup(new Listener() {
                    @Override
                    void copied(long files) {
                        throw new Crash();
                    }
                }))
                .isInstanceOf(Crash.class);
        client().resume();
        awaitEndOfCopy();
        BackupReport report = backup(OperationListener.NONE);

        assertThat(report.isResumed()).isTrue();
        assertThat(report.files()).isEqualTo(FILES);
        assertThat(store.opened()).as("files that were read").isEqualTo(FILES);
    }

    @Test
    void backup_copyIsPaused_saysSoAndGoesOnWhenItIsResumed() {
        client().pause();
        AtomicBoolean isResumed = new AtomicBoolean();

        BackupReport report = backup(new Listener() {
            @Override
            public void note(String operationId, String message) {
                notes.add(message);
                if (message.startsWith("copying is paused")) {
                    assertThat(client().status().isPaused()).isTrue();
                    client().resume();
                    isResumed.set(true);
                }
            }
        });

        assertThat(isResumed).isTrue();
        assertThat(report.files()).isEqualTo(FILES);
        assertThat(notes)
                .anySatisfy(note -> assertThat(note)
                        .contains("paused at the agent of node 'node-0'")
                        .contains(endpoint.toString()))
                .anySatisfy(note -> assertThat(note).startsWith("copying is resumed"));
    }

    @Test
    void backup_agentDiesInTheCopyAndComesBack_goesOnFromTheLastPart() {
        agent.close();
        serve(FILES_OF_TWO_PARTS);
        store.shutGateAfter(FILES_PER_PART + 1_000); // else the copy may end between two looks at its progress
        AtomicBoolean hasDied = new AtomicBoolean();

        BackupReport report = backup(new Listener() {
            @Override
            void copied(long files) {
                if (files > FILES_PER_PART + 100 && hasDied.compareAndSet(false, true)) {
                    store.openGate();
                    agent.close();
                    startAgent(endpoint.getPort());
                }
            }
        });

        assertThat(hasDied).isTrue();
        assertThat(report.isResumed()).isFalse();
        assertThat(report.files()).isEqualTo(FILES_OF_TWO_PARTS);
        assertThat(store.opened() - openedBefore).isLessThanOrEqualTo(FILES_OF_TWO_PARTS - FILES_PER_PART);
        assertThat(report.readBytes()).isEqualTo(FILES_OF_TWO_PARTS * BYTES);
    }

    @Test
    void backup_agentDiesInTheCopyAndStaysAway_isResumedLaterFromTheLastPart() {
        agent.close();
        serve(FILES_OF_TWO_PARTS);
        store.shutGateAfter(FILES_PER_PART + 1_000);
        assertThatThrownBy(() -> backup(new Listener() {
                    @Override
                    void copied(long files) {
                        if (files > FILES_PER_PART + 100) {
                            store.openGate();
                            agent.close();
                        }
                    }
                }))
                .isInstanceOfSatisfying(TidemarkException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
                    assertThat(e.getMessage()).contains(endpoint.toString());
                });
        assertThat(operations())
                .singleElement()
                .extracting(OperationSummary::outcome)
                .isEqualTo(OperationSummary.Outcome.UNFINISHED);
        startAgent(endpoint.getPort());

        BackupReport report = backup(OperationListener.NONE);

        assertThat(report.isResumed()).isTrue();
        assertThat(report.files()).isEqualTo(FILES_OF_TWO_PARTS);
        assertThat(store.opened() - openedBefore).isLessThanOrEqualTo(FILES_OF_TWO_PARTS - FILES_PER_PART);
        restore();
        assertThat(store.wrongFiles()).isZero();
    }

    @Test
    void backup_somebodyCancelsTheCopy_failsAndLeavesNoSnapshot() {
        client().pause();

        assertThatThrownBy(() -> backup(new Listener() {
                    @Override
                    void copied(long files) {
                        client().tasks().stream()
                                .filter(task -> task.kind().equals("copy"))
                                .forEach(task -> client().cancel(task.taskId()));
                    }
                }))
                .isInstanceOfSatisfying(
                        TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OPERATION_CANCELLED));

        assertThat(operations())
                .singleElement()
                .extracting(OperationSummary::outcome)
                .isEqualTo(OperationSummary.Outcome.FAILED);
        assertThat(node.snapshots()).isEmpty();
    }

    @Test
    void backup_agentOfAnotherArchive_fails() {
        agent.close();
        Archive.create(
                FilesystemObjectStore.open(directory.resolve("other/archive"), random),
                ArchiveKey.keyFile(new byte[32]),
                new ArchiveSeams(InstantSource.system(), random, workers));
        TestAgents others = new TestAgents(directory.resolve("other"));
        try {
            agent = others.start(others.configuration(), node);
            endpoint = agent.endpoint();

            assertThatThrownBy(() -> backup(OperationListener.NONE))
                    .isInstanceOfSatisfying(
                            TidemarkException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ARCHIVE_MISMATCH));
        } finally {
            others.close();
        }
    }

    /** Starts an agent beside a node with that many files. */
    private void serve(long files) {
        store = new SyntheticStore(files, BYTES);
        node = store.targetNodes().get(0);
        startAgent(0);
        endpoint = agent.endpoint();
    }

    private void startAgent(int port) {
        openedBefore = store.opened();
        AgentConfiguration configuration = agents.configuration(AgentSettings.of(directory.resolve("agent")));
        AgentServer.embed(configuration, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        agent = agents.start(configuration, node);
    }

    private AgentClient client() {
        return agents.client(endpoint);
    }

    private void awaitEndOfCopy() throws InterruptedException {
        TaskState state = TaskState.WAITING;
        while (!state.isEnd()) {
            state = client().tasks().stream()
                    .filter(task -> task.kind().equals("copy"))
                    .map(TaskStatus::state)
                    .findFirst()
                    .orElseThrow();
            Thread.onSpinWait();
        }
        assertThat(state).isEqualTo(TaskState.SUCCEEDED);
    }

    private BackupReport backup(OperationListener listener) {
        return inAProcess(coordinator -> coordinator.backup(BackupRequest.of(NAMESPACE), listener));
    }

    private RestoreReport restore() {
        return inAProcess(
                coordinator -> coordinator.restore(new RestoreRequest(NAMESPACE, "latest"), OperationListener.NONE));
    }

    private List<OperationSummary> operations() {
        return inAProcess(coordinator -> coordinator.operations(NAMESPACE));
    }

    /** Works with a coordinator that knows nothing but the archive. */
    private <T> T inAProcess(Function<Coordinator, T> work) {
        try (PeriodicTasks process = time.process()) {
            EngineSeams seams = new EngineSeams(time, time, time, process, workers, random, "test");
            AgentClient client = AgentClient.create(
                    AgentClientSettings.of(endpoint)
                            .withExpected(AgentExpectation.ANY.ofNode("node-0"))
                            .withTimeouts(TestAgents.FAST),
                    seams);
            StoreConnector behind = TestAgents.behind(store, Map.of("node-0", client.node()));
            EngineOptions options =
                    new EngineOptions(Duration.ofSeconds(15), Duration.ofSeconds(60), Duration.ofMillis(200), 2);
            return work.apply(new Coordinator(
                    archive,
                    new InProcessTimestampClient(oracles),
                    Map.of(NAMESPACE, Map.of("main", behind)),
                    options,
                    seams));
        }
    }

    /** Is told of the progress of the copy alone. */
    private abstract static class Listener implements OperationListener {
        void copied(long files) {}

        @Override
        public void progress(String operationId, String step, long doneBytes, long totalBytes, long doneItems) {
            if (step.equals("copy")) {
                copied(doneItems);
            }
        }
    }

    /** The end of a coordinator: no handler of the engine sees it. */
    private static final class Crash extends Error {
        private static final long serialVersionUID = 1L;
    }
}

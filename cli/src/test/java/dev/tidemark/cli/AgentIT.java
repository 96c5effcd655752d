package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.agent.client.AgentClient;
import dev.tidemark.coordinator.agent.client.AgentClientSettings;
import dev.tidemark.coordinator.agent.client.AgentClientSettings.Timeouts;
import dev.tidemark.coordinator.agent.client.AgentExpectation;
import dev.tidemark.coordinator.agent.client.RemoteNode;
import dev.tidemark.coordinator.backup.BackupReport;
import dev.tidemark.coordinator.backup.BackupRequest;
import dev.tidemark.coordinator.config.ConfigurationReader;
import dev.tidemark.coordinator.config.Wiring;
import dev.tidemark.coordinator.engine.Coordinator;
import dev.tidemark.coordinator.operation.EngineOptions;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.restore.RestoreReport;
import dev.tidemark.coordinator.restore.RestoreRequest;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.CellVersion;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.cluster.StoreCluster;
import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.node.NodeFiles;
import dev.tidemark.kvs.rocksdb.RocksDbConnector;
import dev.tidemark.kvs.rocksdb.RocksDbOptions;
import dev.tidemark.kvs.rocksdb.RocksDbStore;
import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.kvs.time.Sleeper;
import dev.tidemark.kvs.time.ThreadedPeriodicTasks;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import dev.tidemark.timestamp.TimestampClient;
import dev.tidemark.timestamp.bound.InMemoryBoundStore;
import dev.tidemark.timestamp.oracle.InProcessTimestampClient;
import dev.tidemark.timestamp.oracle.OracleSettings;
import dev.tidemark.timestamp.oracle.TimestampOracles;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backup and a restore through real agents, each of which is killed with SIGKILL in the middle and started again. */
class AgentIT {
    private static final String NAMESPACE = "bank";
    private static final TransactionsSchemaMap SCHEMAS = TransactionsSchemaMap.always(3);
    private static final TableName TABLE = TableName.of("data");
    private static final int MEBIBYTES = 24;

    /** Asks for news so often that nothing ends unseen, and waits for an agent that starts on a busy machine. */
    private static final Timeouts TIMEOUTS = new Timeouts(
            Duration.ofSeconds(2),
            Duration.ofSeconds(60),
            Duration.ofSeconds(60),
            Duration.ofSeconds(60),
            Duration.ofMillis(20),
            Duration.ofMinutes(5));

    @TempDir
    private Path directory;

    private final ExecutorService workers = Executors.newCachedThreadPool();
    private final ThreadedPeriodicTasks periodicTasks = new ThreadedPeriodicTasks();
    private final EngineSeams seams = new EngineSeams(
            InstantSource.system(),
            MonotonicClock.system(),
            Sleeper.system(),
            periodicTasks,
            workers,
            new Random(3),
            "test");
    private final TimestampOracles oracles =
            new TimestampOracles(new InMemoryBoundStore(), OracleSettings.defaults(), MonotonicClock.system());
    private Wiring wiring;

    @BeforeEach
    void createArchive() {
        CommandRun.configure(directory);
        wiring = new Wiring(new ConfigurationReader().read(directory.resolve("tidemark.yml")), name -> null, seams);
        wiring.createArchive();
        oracles.create(NAMESPACE);
    }

    @AfterEach
    void stop() {
        wiring.close();
        oracles.close();
        periodicTasks.close();
        workers.shutdownNow();
    }

    @Test
    void backupAndRestore_agentsAreKilledInTheMiddle_endWithEveryCell() throws Exception {
        Path source = directory.resolve("live");
        Path target = directory.resolve("restored");
        List<CellVersion> content;
        try (RocksDbStore store = RocksDbStore.open(RocksDbOptions.of(source, SCHEMAS));
                AgentProcess agent = AgentProcess.start(
                        directory.resolve("agent"), source, directory, "bandwidthLimit: " + (8 << 20))) {
            content = fill(store);

            BackupReport backup = backup(RocksDbConnector.over(store), agent);

            assertThat(backup.isResumed()).isFalse();
            assertThat(backup.rawBytes()).isGreaterThan((long) MEBIBYTES << 20);
        }
        try (AgentProcess agent =
                AgentProcess.start(directory.resolve("target-agent"), target, directory, "parallelism: 1")) {
            RestoreReport restore = restore(RocksDbConnector.to(target), agent);

            assertThat(restore.isResumed()).isFalse();
        }
        try (StoreCluster restored = RocksDbConnector.to(target).connect()) {
            boolean isEqual = NodeFiles.everything(restored.cells()).get(TABLE).equals(content);
            assertThat(isEqual).as("the restored cells are those of the backup").isTrue();
        }
    }

    private BackupReport backup(StoreConnector store, AgentProcess agent) {
        Killer killer = new Killer("copy", 1, agent);
        BackupReport report = coordinator(store, agent).backup(BackupRequest.of(NAMESPACE), killer);
        assertThat(killer.hasKilled).isTrue();
        return report;
    }

    private RestoreReport restore(StoreConnector target, AgentProcess agent) {
        Killer killer = new Killer("stage", 0, agent);
        RestoreReport report = coordinator(target, agent).restore(new RestoreRequest(NAMESPACE, "latest"), killer);
        assertThat(killer.hasKilled).isTrue();
        return report;
    }

    private Coordinator coordinator(StoreConnector store, AgentProcess agent) {
        TimestampClient oracle = new InProcessTimestampClient(oracles);
        AgentClient client = AgentClient.create(
                AgentClientSettings.of(agent.endpoint())
                        .withExpected(new AgentExpectation("rocksdb", "local", "", "", ""))
                        .withTimeouts(TIMEOUTS),
                seams);
        return new Coordinator(
                wiring.archive(),
                oracle,
                Map.of(NAMESPACE, Map.of("main", behind(store, client.node()))),
                EngineOptions.DEFAULT,
                seams);
    }

    /** Returns the way to the same store with its node behind an agent. */
    private static StoreConnector behind(StoreConnector connector, RemoteNode node) {
        return replace(
                StoreConnector.class,
                connector,
                Map.of("targetNodes", List.of(node)),
                result -> result instanceof StoreCluster cluster
                        ? replace(StoreCluster.class, cluster, Map.of("nodes", List.of(node)), UnaryOperator.identity())
                        : result);
    }

    private static <T> T replace(Class<T> type, T target, Map<String, Object> answers, UnaryOperator<Object> change) {
        InvocationHandler handler = (proxy, method, arguments) -> {
            Object answer = answers.get(method.getName());
            try {
                return answer != null ? answer : change.apply(method.invoke(target, arguments));
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
        };
        return type.cast(Proxy.newProxyInstance(AgentIT.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static List<CellVersion> fill(RocksDbStore store) {
        Random random = new Random(1);
        store.cells().createTable(TABLE);
        for (int i = 0; i < MEBIBYTES * 4; i++) {
            Map<Cell, Bytes> cells = new HashMap<>();
            for (int j = 0; j < 64; j++) {
                byte[] value = new byte[4 << 10];
                random.nextBytes(value);
                cells.put(Cell.of(Bytes.ofLong(i * 64L + j), Bytes.EMPTY), Bytes.wrap(value));
            }
            store.cells().put(TABLE, cells, i + 1);
        }
        return NodeFiles.everything(store.cells()).get(TABLE);
    }

    /** Kills the agent when a step has got some way, and starts it again. */
    private static final class Killer implements OperationListener {
        private final String step;
        private final AgentProcess agent;
        private final AtomicBoolean hasKilled = new AtomicBoolean();

        private final long leastBytes;

        private Killer(String step, long leastBytes, AgentProcess agent) {
            this.step = step;
            this.leastBytes = leastBytes;
            this.agent = agent;
        }

        @Override
        public void progress(String operationId, String present, long doneBytes, long totalBytes, long doneItems) {
            boolean isInTheMiddle = present.equals(step) && doneBytes >= leastBytes && doneBytes < totalBytes;
            if (isInTheMiddle && hasKilled.compareAndSet(false, true)) {
                try {
                    agent.killAndRestart();
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException(e);
                }
            }
        }
    }
}

package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.cli.demo.CassandraBank;
import dev.tidemark.cli.demo.WorkloadSettings;
import dev.tidemark.cli.demo.WorkloadState;
import dev.tidemark.coordinator.agent.protocol.TaskState;
import dev.tidemark.coordinator.agent.protocol.TaskStatus;
import dev.tidemark.kvs.cassandra.server.CassandraExtension;
import dev.tidemark.kvs.cassandra.server.CassandraServers;
import dev.tidemark.timestamp.TimestampClient;
import dev.tidemark.timestamp.http.HttpTimestampClient;
import dev.tidemark.timestamp.http.HttpTimestampClientSettings;
import dev.tidemark.timestamp.service.TimestampServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Backup and restore of a cluster of three nodes through an agent process beside each, with a heap of 256 MiB. Agents and coordinators
 * are killed with SIGKILL in the middle.
 */
class CassandraAgentIT {
    private static final WorkloadSettings WORKLOAD =
            new WorkloadSettings(2, 20, 8, 10, 100, 8 * 1024, Duration.ofMillis(5), 20261123);
    private static final int SCHEMA = 3;

    @RegisterExtension
    static final CassandraExtension CASSANDRA = CassandraExtension.ofNodes(3);

    @TempDir
    private Path directory;

    private CassandraAgents agents;
    private Installation installation;

    @Test
    void backupAndRestore_agentsAndCoordinatorsAreKilled_endWithTheStateAtTheBackup() throws Exception {
        CassandraServers servers = CASSANDRA.servers();
        String keyspace = servers.newKeyspaceName();
        installation = new Installation(directory);
        agents = CassandraAgents.start(directory, servers, keyspace, "bandwidthLimit: " + (1 << 20));
        try (TimestampServer server = PreparedBank.serve(directory);
                TimestampClient client =
                        HttpTimestampClient.create(HttpTimestampClientSettings.of(server.endpoint()))) {
            JsonNode backup;
            WorkloadState state;
            JsonNode digest;
            try (CassandraBank bank = CassandraBank.create(
                    servers, keyspace, SCHEMA, client.createNamespace("bank"), WORKLOAD, directory)) {
                installation.succeed("archive init");
                bank.start();
                bank.awaitMore(20);
                backUpWhileAnAgentIsKilled();
                bank.awaitMore(20);
                bank.stop();
                backup = backUpAfterACoordinatorWasKilled();
                long timestamp = backup.get("backupTimestamp").asLong();
                state = bank.stateAt(timestamp);
                digest = installation.succeed("digest bank --at " + timestamp).get("digest");
            }
            CassandraBank.drop(servers, keyspace);

            JsonNode restore = restoreAfterACoordinatorAndAnAgentWereKilled(
                    backup.get("backup").asText());

            assertThat(restore.get("resumed").asBoolean()).isTrue();
            long timestamp = backup.get("backupTimestamp").asLong();
            assertThat(installation.succeed("digest bank --at " + timestamp).get("digest"))
                    .isEqualTo(digest);
            try (CassandraBank restored =
                    CassandraBank.open(servers, keyspace, SCHEMA, client.namespace("bank"), WORKLOAD, directory)) {
                assertThat(restored.stateAt(client.namespace("bank").freshTimestamp()))
                        .isEqualTo(state);
            }
            CassandraBank.drop(servers, keyspace);
        } finally {
            agents.close();
        }
    }

    private void backUpWhileAnAgentIsKilled() {
        AtomicReference<AgentProcess> killed = new AtomicReference<>();
        CommandRun run = CommandRun.in(
                directory,
                ListenerTrap.onProgress("copy", () -> {
                    if (killed.get() == null) {
                        killed.set(killOneThatCopies());
                    }
                }),
                "backup",
                "bank",
                "--json");

        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        assertThat(run.json().get("resumed").asBoolean()).isFalse();
        assertThat(run.json().get("degraded").asBoolean()).isFalse();
        assertThat(killed).doesNotHaveNullValue();
    }

    private AgentProcess killOneThatCopies() {
        for (AgentProcess agent : agents.all()) {
            boolean isCopying = agents.tasks(agent, "copy").stream()
                    .anyMatch(task -> task.state() == TaskState.RUNNING
                            && task.progress().bytes() < task.progress().totalBytes());
            if (isCopying) {
                restart(agent);
                return agent;
            }
        }
        return null;
    }

    private static void restart(AgentProcess agent) {
        try {
            agent.killAndRestart();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Agents whose copying is paused have begun when their coordinator says so; they go on without it. */
    private JsonNode backUpAfterACoordinatorWasKilled() throws Exception {
        agents.all().forEach(agent -> agents.client(agent).pause());
        try (TidemarkProcess coordinator = TidemarkProcess.start(directory, "copying is paused", "backup", "bank")) {
            coordinator.awaitPause().kill();
        }
        List<AgentProcess> begun = agents.all().stream()
                .filter(agent -> agents.tasks(agent, "copy").stream()
                        .anyMatch(task -> !task.state().isEnd()))
                .toList();
        agents.all().forEach(agent -> agents.client(agent).resume());
        Map<String, Long> ended = new TreeMap<>();
        for (AgentProcess agent : begun) {
            TaskStatus copy = agents.awaitTask(agent, "copy", TaskState.SUCCEEDED);
            ended.put(copy.taskId() + " at " + agent.endpoint(), copy.revision());
        }
        assertThat(ended).isNotEmpty();

        JsonNode backup = installation.succeed("backup bank");

        assertThat(backup.get("resumed").asBoolean()).isTrue();
        Map<String, Long> found = new TreeMap<>();
        for (AgentProcess agent : begun) {
            TaskStatus copy = agents.awaitTask(agent, "copy", TaskState.SUCCEEDED);
            found.put(copy.taskId() + " at " + agent.endpoint(), copy.revision());
        }
        assertThat(found).as("copies that were found instead of begun again").isEqualTo(ended);
        return backup;
    }

    /** The first agent stands still until its coordinator is gone; what it was told to stage it stages afterwards. */
    private JsonNode restoreAfterACoordinatorAndAnAgentWereKilled(String backup) throws Exception {
        try (TidemarkProcess coordinator =
                TidemarkProcess.start(directory, " begins", "restore", "bank", "--backup", backup)) {
            coordinator.awaitPause();
            agents.of(0).stop();
            coordinator.goOn();
            agents.awaitTask(agents.of(1), "stage", TaskState.SUCCEEDED);
            agents.awaitTask(agents.of(2), "stage", TaskState.SUCCEEDED);
            coordinator.kill();
        }
        agents.of(0).continueStopped();
        agents.awaitTask(agents.of(0), "stage", TaskState.SUCCEEDED);
        flipAByte(CASSANDRA.servers().nodes().get(1).directory().resolve(CassandraAgents.STAGING));
        agents.of(2).killAndRestart();

        return installation.succeed("restore bank --backup " + backup);
    }

    /** The disk of a node damages what was staged and found intact. */
    private static void flipAByte(Path staging) throws IOException {
        try (Stream<Path> files = Files.walk(staging)) {
            Path data = files.filter(file -> file.getFileName().toString().endsWith("-Data.db"))
                    .findFirst()
                    .orElseThrow();
            byte[] content = Files.readAllBytes(data);
            content[content.length / 2] ^= 1;
            Files.write(data, content);
        }
    }
}

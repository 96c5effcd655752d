package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.cli.demo.CassandraBank;
import dev.tidemark.cli.demo.Check;
import dev.tidemark.cli.demo.WorkloadSettings;
import dev.tidemark.cli.demo.WorkloadState;
import dev.tidemark.kvs.cassandra.server.CassandraExtension;
import dev.tidemark.kvs.cassandra.server.CassandraServer;
import dev.tidemark.kvs.cassandra.server.CassandraServers;
import dev.tidemark.timestamp.TimestampClient;
import dev.tidemark.timestamp.http.HttpTimestampClient;
import dev.tidemark.timestamp.http.HttpTimestampClientSettings;
import dev.tidemark.timestamp.service.TimestampServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Backup and restore of a cluster of three nodes, each with all of the data, under a live bank: the snapshots of the nodes lie apart
 * on purpose, and a transaction starts before the backup timestamp and commits between two of them.
 */
class CassandraBackupIT {
    private static final WorkloadSettings WORKLOAD =
            new WorkloadSettings(2, 20, 8, 10, 20, 512, Duration.ofMillis(5), 20261122);

    /** One schema is enough for the loss of whole nodes, which takes its time; for the others it is the keyspace that is lost. */
    private static final int LOSES_ITS_NODES = 3;

    @RegisterExtension
    static final CassandraExtension CASSANDRA = CassandraExtension.ofNodes(3);

    @TempDir
    private Path directory;

    /** H2, H3 and H4: whatever the schema of the transactions table. */
    @ParameterizedTest
    @ValueSource(ints = {3, 1, 2})
    void restore_everythingIsLost_givesTheStateAtTheBackupTimestamp(int schema) throws Exception {
        CassandraServers servers = CASSANDRA.servers();
        String keyspace = servers.newKeyspaceName();
        CommandRun.configure(directory);
        configure(servers, keyspace);
        Installation installation = new Installation(directory);
        try (TimestampServer server = PreparedBank.serve(directory);
                TimestampClient client =
                        HttpTimestampClient.create(HttpTimestampClientSettings.of(server.endpoint()))) {
            Backed backed = backUp(servers, keyspace, schema, client, installation);
            lose(servers, keyspace, schema == LOSES_ITS_NODES);

            JsonNode report = installation.succeed("restore bank --backup " + backed.backup);

            assertThat(report.get("abortedStraddlers").asLong()).isPositive();
            assertThat(installation
                            .succeed("digest bank --at " + backed.timestamp)
                            .get("digest"))
                    .isEqualTo(backed.digest);
            try (CassandraBank restored =
                    CassandraBank.open(servers, keyspace, schema, client.namespace("bank"), WORKLOAD, directory)) {
                assertThat(restored.stateAt(client.namespace("bank").freshTimestamp()))
                        .isEqualTo(backed.state);
                restored.start();
                restored.awaitMore(20);
                restored.stop();
                assertThat(restored.errors()).isEmpty();
            }
        }
    }

    private Backed backUp(
            CassandraServers servers, String keyspace, int schema, TimestampClient client, Installation installation) {
        try (CassandraBank bank =
                CassandraBank.create(servers, keyspace, schema, client.createNamespace("bank"), WORKLOAD, directory)) {
            installation.succeed("archive init");
            bank.start();
            bank.awaitMore(20);
            bank.keepHistory();
            JsonNode first = backUpTorn(bank);
            bank.awaitMore(20);
            bank.stop();
            JsonNode second = installation.succeed("backup bank");
            assertThat(second.get("readBytes").asLong())
                    .isLessThan(first.get("readBytes").asLong());
            long timestamp = first.get("backupTimestamp").asLong();
            WorkloadState state = bank.stateAt(timestamp);
            assertThat(bank.errors()).isEmpty();
            assertThat(state.check(WORKLOAD)).allMatch(Check::isPassed);
            assertThat(bank.history().compare(state.transfers(), timestamp).isEqual())
                    .isTrue();
            return new Backed(
                    first.get("backup").asText(),
                    timestamp,
                    state,
                    installation.succeed("digest bank --at " + timestamp).get("digest"));
        }
    }

    /** Between the snapshots of two nodes the bank goes on. */
    private JsonNode backUpTorn(CassandraBank bank) {
        AtomicInteger snapshots = new AtomicInteger();
        CallObserver observer = new CallObserver((step, call, isDone) -> {
            if (call.equals("NamespaceOracle.freshTimestamp") && step.equals("backup-timestamp") && !isDone) {
                bank.beginStraddler();
            }
            if (call.equals("StoreNode.snapshot") && isDone) {
                if (snapshots.incrementAndGet() == 1) {
                    bank.commitStraddler();
                }
                bank.awaitMore(10);
            }
        });
        CommandRun run = CommandRun.in(directory, observer, "backup", "bank", "--json");
        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        return run.json();
    }

    /** What the nodes' disks held is gone, and with it what their agents knew. */
    private void lose(CassandraServers servers, String keyspace, boolean areNodesLost) throws IOException {
        Installation.delete(directory.resolve("agents"));
        if (!areNodesLost) {
            CassandraBank.drop(servers, keyspace);
            return;
        }
        servers.nodes().forEach(CassandraServer::kill);
        servers.nodes().forEach(CassandraServer::wipe);
        servers.nodes().forEach(CassandraServer::start);
        servers.awaitAllUp();
    }

    private void configure(CassandraServers servers, String keyspace) throws IOException {
        Path config = directory.resolve("tidemark.yml");
        StringBuilder store = new StringBuilder("        type: cassandra\n        keyspace: " + keyspace
                + "\n        localDatacenter: " + servers.localDatacenter() + "\n        contactPoints: ["
                + servers.nodes().stream()
                        .map(node ->
                                node.cql().getHostString() + ":" + node.cql().getPort())
                        .collect(Collectors.joining(", "))
                + "]\n        nodes:\n");
        for (CassandraServer node : servers.nodes()) {
            store.append("        - jmx: ")
                    .append(node.jmx().getHostString())
                    .append(':')
                    .append(node.jmx().getPort())
                    .append("\n          dataDirectories: ")
                    .append(node.dataDirectories())
                    .append("\n          stateDirectory: ")
                    .append(directory.resolve("agents").resolve(node.name()))
                    .append('\n');
        }
        Files.writeString(
                config, Files.readString(config).replaceAll(" +type: rocksdb\n +directory: store\n", store.toString()));
        assertThat(Files.readString(config)).contains("cassandra");
    }

    private record Backed(String backup, long timestamp, WorkloadState state, JsonNode digest) {}
}

package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.cli.demo.CassandraBank;
import dev.tidemark.cli.demo.Check;
import dev.tidemark.cli.demo.WorkloadSettings;
import dev.tidemark.cli.demo.WorkloadState;
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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * An installation whose namespace {@code bank} is in a keyspace of its own of a Cassandra cluster. Its oracle is served, the agents of
 * the nodes are in the process of each command.
 */
final class CassandraSite implements AutoCloseable {
    static final WorkloadSettings WORKLOAD =
            new WorkloadSettings(2, 20, 8, 10, 20, 512, Duration.ofMillis(5), 20261122);

    private static final String LEASE = "operations:\n  lockLease: PT2S\n";
    private static final String STORE = " +type: rocksdb\n +directory: store\n";

    private final CassandraServers servers;
    private final String keyspace;
    private final int schema;
    private final Path directory;
    private final Installation installation;
    private final String withoutStore;
    private final TimestampServer server;
    private final TimestampClient client;

    /** Creates one with an empty archive; the keyspace is not there yet. */
    CassandraSite(CassandraServers servers, int schema, Path directory) throws IOException {
        this.servers = servers;
        this.keyspace = servers.newKeyspaceName();
        this.schema = schema;
        this.directory = directory;
        CommandRun.configure(directory);
        PreparedBank.edit(directory, "namespaces:", LEASE + "namespaces:");
        server = PreparedBank.serve(directory);
        client = HttpTimestampClient.create(HttpTimestampClientSettings.of(server.endpoint()));
        withoutStore = Files.readString(directory.resolve("tidemark.yml"));
        installation = new Installation(directory);
        configure("tidemark.yml", servers, keyspace, "", "agents");
        installation.succeed("archive init");
    }

    Installation installation() {
        return installation;
    }

    Path directory() {
        return directory;
    }

    String keyspace() {
        return keyspace;
    }

    TimestampClient oracle() {
        return client;
    }

    /**
     * Writes a configuration that differs from the others in the store alone.
     *
     * @param moreSettings lines of the store's section
     * @param agents directory for the agents' states, below the installation's
     */
    void configure(String file, CassandraServers cluster, String name, String moreSettings, String agents)
            throws IOException {
        StringBuilder store = new StringBuilder("        type: cassandra\n        keyspace: " + name
                + "\n        localDatacenter: " + cluster.localDatacenter() + "\n        contactPoints: ["
                + cluster.nodes().stream()
                        .map(node ->
                                node.cql().getHostString() + ":" + node.cql().getPort())
                        .collect(Collectors.joining(", "))
                + "]\n" + moreSettings + "        nodes:\n");
        for (CassandraServer node : cluster.nodes()) {
            store.append("        - jmx: ")
                    .append(node.jmx().getHostString())
                    .append(':')
                    .append(node.jmx().getPort())
                    .append("\n          dataDirectories: ")
                    .append(node.dataDirectories())
                    .append("\n          stateDirectory: ")
                    .append(directory.resolve(agents).resolve(node.name()))
                    .append('\n');
        }
        String config = withoutStore.replaceAll(STORE, store.toString());
        assertThat(config).contains("cassandra");
        Files.writeString(directory.resolve(file), config);
    }

    CassandraBank createBank() {
        return createBank(WORKLOAD);
    }

    CassandraBank createBank(WorkloadSettings settings) {
        return CassandraBank.create(servers, keyspace, schema, client.createNamespace("bank"), settings, directory);
    }

    /** Opens the bank of a keyspace that is there. */
    CassandraBank openBank(CassandraServers cluster, String name) {
        return CassandraBank.open(cluster, name, schema, client.namespace("bank"), WORKLOAD, directory);
    }

    /**
     * Creates the bank, and takes two backups of it.
     *
     * @return the first one, during which a transaction straddled the backup timestamp and the bank went on
     */
    Backed backUp() {
        try (CassandraBank bank = createBank()) {
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
            long last = client.namespace("bank").freshTimestamp();
            WorkloadState stateAtLast = bank.stateAt(last);
            assertThat(bank.errors()).isEmpty();
            assertThat(state.check(WORKLOAD)).allMatch(Check::isPassed);
            assertThat(bank.history().compare(state.transfers(), timestamp).isEqual())
                    .isTrue();
            assertThat(stateAtLast).isNotEqualTo(state);
            return new Backed(first.get("backup").asText(), timestamp, state, digestAt(timestamp), stateAtLast);
        }
    }

    /**
     * Between the snapshots of two nodes the bank goes on. The straddling transaction commits after the snapshot of one node and
     * before that of any other, so that its writes are in some of them; a single node's snapshot has to have it.
     */
    private JsonNode backUpTorn(CassandraBank bank) {
        boolean isSingle = servers.nodes().size() == 1;
        AtomicInteger begun = new AtomicInteger();
        AtomicBoolean isCommitted = new AtomicBoolean();
        CallObserver observer = new CallObserver((step, call, isDone) -> {
            if (call.equals("NamespaceOracle.freshTimestamp") && step.equals("backup-timestamp") && !isDone) {
                bank.beginStraddler();
            }
            if (!call.equals("StoreNode.snapshot")) {
                return;
            }
            boolean isFirst = isDone ? !isCommitted.get() : begun.incrementAndGet() == 1;
            if (isFirst && isDone != isSingle) {
                bank.commitStraddler();
                isCommitted.set(true);
            }
            if (isDone) {
                bank.awaitMore(10);
            } else if (!isFirst) {
                await().atMost(Duration.ofMinutes(2)).untilTrue(isCommitted);
            }
        });
        CommandRun run = CommandRun.in(directory, observer, "backup", "bank", "--json");
        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        return run.json();
    }

    JsonNode digestAt(long timestamp) {
        return installation.succeed("digest bank --at " + timestamp).get("digest");
    }

    /** Returns what is visible now in a keyspace of some cluster. */
    WorkloadState currentState(CassandraServers cluster, String name) {
        try (CassandraBank bank = openBank(cluster, name)) {
            return bank.stateAt(client.namespace("bank").freshTimestamp());
        }
    }

    /** Backs up, loses the keyspace and what the agents knew, restores, and checks what there is. */
    void assertComesBack() {
        Backed backed = backUp();
        Installation.delete(directory.resolve("agents"));
        CassandraBank.drop(servers, keyspace);

        JsonNode report = installation.succeed("restore bank --backup " + backed.backup);

        assertThat(report.get("abortedStraddlers").asLong()).isPositive();
        assertRestored(backed, servers, keyspace);
    }

    /** Checks what a restore or a rewind has left: the state of the backup, for readers of today and of then; clients go on. */
    void assertRestored(Backed backed, CassandraServers cluster, String name) {
        assertThat(digestAt(backed.timestamp)).isEqualTo(backed.digest);
        try (CassandraBank restored = openBank(cluster, name)) {
            assertThat(restored.stateAt(client.namespace("bank").freshTimestamp()))
                    .isEqualTo(backed.state);
            restored.start();
            restored.awaitMore(20);
            restored.stop();
            assertThat(restored.errors()).isEmpty();
        }
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }

    /**
     * A backup of the bank.
     *
     * @param backup its id
     * @param timestamp the backup timestamp
     * @param state what was visible at it
     * @param digest of that
     * @param stateAtLast what was visible when the bank had ended
     */
    record Backed(String backup, long timestamp, WorkloadState state, JsonNode digest, WorkloadState stateAtLast) {}
}

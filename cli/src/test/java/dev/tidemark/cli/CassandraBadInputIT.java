package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.cli.demo.CassandraBank;
import dev.tidemark.cli.demo.WorkloadSettings;
import dev.tidemark.cli.demo.WorkloadState;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.cassandra.server.CassandraExtension;
import dev.tidemark.kvs.cassandra.server.CassandraServer;
import dev.tidemark.kvs.cassandra.server.CassandraServers;
import dev.tidemark.timestamp.TimestampClient;
import dev.tidemark.timestamp.http.HttpTimestampClient;
import dev.tidemark.timestamp.http.HttpTimestampClientSettings;
import dev.tidemark.timestamp.service.TimestampServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What can be wrong with a cluster, its agents and its disks: each time the error says what and on which node, nothing is left behind,
 * and the live data is untouched.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CassandraBadInputIT {
    private static final WorkloadSettings WORKLOAD =
            new WorkloadSettings(1, 10, 4, 5, 400, 8 * 1024, Duration.ofMillis(5), 20261124);
    private static final int SCHEMA = 3;
    private static final int LAST = 2;

    @RegisterExtension
    static final CassandraExtension CASSANDRA = CassandraExtension.ofNodes(3);

    private Path directory;
    private CassandraServers servers;
    private Installation installation;
    private TimestampServer oracle;
    private TimestampClient oracleClient;
    private String keyspace;
    private CassandraBank bank;
    private WorkloadState state;
    private String backup;

    @BeforeAll
    void backUp(@TempDir Path directory) throws IOException {
        this.directory = directory;
        servers = CASSANDRA.servers();
        keyspace = servers.newKeyspaceName();
        installation = new Installation(directory);
        CommandRun.configure(directory);
        oracle = PreparedBank.serve(directory);
        oracleClient = HttpTimestampClient.create(HttpTimestampClientSettings.of(oracle.endpoint()));
        bank = CassandraBank.create(
                servers, keyspace, SCHEMA, oracleClient.createNamespace("bank"), WORKLOAD, directory);
        configure(keyspace, entries(), "");
        installation.succeed("archive init");
        backup = installation.succeed("backup bank").get("backup").asText();
        state = present();
    }

    @AfterAll
    void stop() {
        bank.close();
        CassandraBank.drop(servers, keyspace);
        oracleClient.close();
        oracle.close();
    }

    @AfterEach
    void assertNothingIsLeftAndLiveDataIsUntouched() throws IOException {
        configure(keyspace, entries(), "");
        List<String> unfinished = new ArrayList<>();
        for (JsonNode operation : installation.succeed("operations bank").findParents("outcome")) {
            if (operation.get("outcome").asText().equals("unfinished")) {
                unfinished.add(operation.get("operation").asText());
                installation.run("cancel bank " + operation.get("operation").asText()); // for the tests that follow
            }
        }
        assertThat(unfinished).isEmpty();
        assertThat(present()).isEqualTo(state);
        for (CassandraServer node : servers.nodes()) {
            assertThat(leftIn(node)).as("left on node %s", node.name()).isEmpty();
        }
    }

    /** Nobody listens there, or somebody who is no node. */
    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:1", "CQL"})
    void backup_wrongJmxPort_isDegradedAndSaysWhy(String address) throws IOException {
        CassandraServer last = servers.nodes().get(LAST);
        String jmx = address.equals("CQL") ? address(last.cql()) : address;
        configure(keyspace, entriesWith(entry(last, jmx, last.name())), "");

        CommandRun run = installation.run("backup bank --forbid-degraded");

        assertThat(run.exitCode()).as(run.err()).isEqualTo(ErrorCode.INSUFFICIENT_COVERAGE.exitCode());
        assertThat(run.err())
                .containsPattern("note: store 'main': node '" + id(last) + "' does not answer its agent: .*" + jmx)
                .containsPattern("ERROR: no snapshot of main/" + id(last))
                .contains("HINT: ");
    }

    @Test
    void restore_wrongJmxPort_namesTheAddress() throws IOException {
        CassandraServer last = servers.nodes().get(LAST);
        configure(keyspace, entriesWith(entry(last, "127.0.0.1:1", last.name())), "");

        assertFails(
                "restore bank --replace-existing --backup " + backup,
                ErrorCode.STORE_UNAVAILABLE,
                "node '" + id(last) + "' does not answer its agent: ",
                "127.0.0.1:1");
    }

    /** With what it knows from before an agent finds out by itself; a new one is found out by the others. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void restore_jmxOfAnotherNode_isRefused(boolean isAgentNew) throws IOException {
        CassandraServer last = servers.nodes().get(LAST);
        CassandraServer first = servers.nodes().get(0);
        configure(
                keyspace,
                entriesWith(entry(last, address(first.jmx()), isAgentNew ? "new-" + last.name() : last.name())),
                "");

        assertFails(
                "restore bank --replace-existing --backup " + backup,
                isAgentNew ? ErrorCode.INVALID_CONFIGURATION : ErrorCode.STORE_UNAVAILABLE,
                isAgentNew ? "two agents are of node '" + id(first) + "'" : "is the node with host id");
    }

    @Test
    void anyOperation_agentOfAnotherCluster_isRefused() throws IOException {
        try (CassandraServers other = servers.another(1)) {
            CassandraServer stranger = other.nodes().get(0);
            configure(
                    keyspace, entriesWith(entry(stranger, address(stranger.jmx()), "stranger-" + stranger.name())), "");

            assertFails(
                    "backup bank", ErrorCode.STORE_UNAVAILABLE, "agent of node '" + id(stranger) + "' is in cluster");
            assertFails(
                    "restore bank --replace-existing --backup " + backup, ErrorCode.STORE_UNSUPPORTED, id(stranger));
        }
    }

    @Test
    void backup_tableIsDroppedBetweenTwoSnapshots_isTakenAgainWithoutIt() throws IOException {
        configure(keyspace, entries(), "");
        execute("CREATE TABLE \"" + keyspace + "\".late (key blob PRIMARY KEY, value blob)");
        AtomicBoolean isDropped = new AtomicBoolean();
        CallObserver observer = new CallObserver((step, call, isDone) -> {
            if (call.equals("StoreNode.snapshot") && isDone && isDropped.compareAndSet(false, true)) {
                execute("DROP TABLE \"" + keyspace + "\".late");
            }
        });

        CommandRun run = CommandRun.in(directory, observer, "backup", "bank");

        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err())
                .containsPattern("note: beginning another cut: the schema of store 'main' changed: .*late");
    }

    @Test
    void restore_keyspaceWithAnotherSchema_saysWhereTheyDiffer() throws IOException {
        String other = servers.newKeyspaceName();
        execute("CREATE KEYSPACE \"" + other + "\" WITH replication = {'class': 'NetworkTopologyStrategy', '"
                + servers.localDatacenter() + "': 3}");
        execute("CREATE TABLE \"" + other + "\".accounts (name text PRIMARY KEY)");
        execute("INSERT INTO \"" + other + "\".accounts (name) VALUES ('somebody')");
        configure(other, entries(), "");

        assertFails(
                "restore bank --backup " + backup,
                ErrorCode.STORE_UNSUPPORTED,
                "keyspace '" + other + "' has another schema than the backup: ",
                "accounts");

        assertThat(execute("SELECT name FROM \"" + other + "\".accounts")).isEqualTo(1);
        CassandraBank.drop(servers, other);
    }

    @Test
    void restore_moreCopiesThanNodes_isRefusedBeforeTheKeyspaceIsCreated() throws IOException {
        String other = servers.newKeyspaceName();
        configure(other, entries(), "        replication:\n          " + servers.localDatacenter() + ": 4\n");

        assertFails(
                "restore bank --backup " + backup,
                ErrorCode.STORE_UNSUPPORTED,
                "data center '" + servers.localDatacenter() + "' has 3 nodes (expected: at least 4");

        assertThat(execute("SELECT keyspace_name FROM system_schema.keyspaces WHERE keyspace_name = '" + other + "'"))
                .isZero();
    }

    /** Something has happened to a file of the snapshot before it was copied. */
    @ParameterizedTest
    @ValueSource(strings = {"missing", "flipped"})
    void backup_componentOfTheSnapshotIsDamaged_isRefusedAndNamesIt(String damage) throws IOException {
        configure(keyspace, entries(), "");
        List<String> damaged = new ArrayList<>();
        CallObserver observer = new CallObserver((step, call, isDone) -> {
            if (step.equals("copy") && call.equals(CallObserver.BEGIN)) {
                damaged.add(damageOne(servers.nodes().get(1), damage));
            }
        });

        CommandRun run = CommandRun.in(directory, observer, "backup", "bank");

        assertThat(run.exitCode()).as(run.err()).isEqualTo(ErrorCode.SNAPSHOT_FAILED.exitCode());
        assertThat(damaged).hasSize(1);
        assertThat(run.err())
                .containsPattern("ERROR: .*" + damaged.get(0))
                .contains(servers.nodes().get(1).dataDirectories().get(0).toString())
                .contains("HINT: ");
    }

    /** The live file has the same inode, and is left alone. */
    private static String damageOne(CassandraServer node, String damage) {
        try (Stream<Path> files = Files.walk(node.dataDirectories().get(0))) {
            Path file = files.filter(path -> path.toString().contains("/snapshots/tidemark-backup"))
                    .filter(path -> path.getFileName().toString().endsWith("-Data.db"))
                    .findFirst()
                    .orElseThrow();
            if (damage.equals("missing")) {
                Files.delete(file);
            } else {
                byte[] content = Files.readAllBytes(file);
                content[content.length / 2] ^= 1;
                Path copy = Files.write(file.resolveSibling("copy"), content);
                Files.move(copy, file, StandardCopyOption.REPLACE_EXISTING);
            }
            return file.getFileName().toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Files of the node can't grow any more, as on a full disk; later its agent is gone in the middle of a copy. */
    @Test
    void restoreAndBackup_diskOfANodeIsFullAndAnAgentIsLost_nameTheAgent() throws Exception {
        try (CassandraAgents agents = CassandraAgents.start(directory, servers, keyspace, "")) {
            agents.withPatience(Duration.ofSeconds(2)).configure(agents.all());
            PreparedBank.edit(
                    directory,
                    "  type: file\n  directory: oracle",
                    "  type: http\n  urls: [" + oracle.endpoint() + "]");
            AgentProcess last = agents.of(LAST);
            last.limitFiles(2 << 20);
            last.killAndRestart();

            failToStage(last);

            last.unlimitFiles();
            last.killAndRestart();
            loseAgentInTheCopy(agents, agents.of(0));
        }
    }

    private void failToStage(AgentProcess full) {
        assertFails(
                "restore bank --replace-existing --backup " + backup,
                ErrorCode.STORE_UNAVAILABLE,
                "agent at '" + full.endpoint() + "'",
                servers.nodes()
                        .get(LAST)
                        .directory()
                        .resolve(CassandraAgents.STAGING)
                        .toString(),
                "File too large");
        List<String> newestFirst = installation.succeed("operations bank").findValuesAsText("operation");
        installation.succeed("cancel bank " + newestFirst.get(0));
    }

    private void loseAgentInTheCopy(CassandraAgents agents, AgentProcess lost) throws IOException {
        bank.start(); // or there is nothing to copy
        bank.awaitMore(5);
        bank.stop();
        state = present();
        agents.client(lost).pause();
        CommandRun run =
                CommandRun.in(directory, ListenerTrap.onNote("copying is paused", () -> kill(lost)), "backup", "bank");
        assertThat(run.exitCode()).as(run.err()).isEqualTo(ErrorCode.STORE_UNAVAILABLE.exitCode());
        assertThat(run.err())
                .containsPattern("ERROR: .*agent at '" + lost.endpoint() + "'")
                .contains("HINT: ");

        CommandRun again = installation.run("backup bank --json");

        assertThat(again.exitCode()).as(again.out() + again.err()).isZero();
        assertThat(again.json().get("resumed").asBoolean()).isTrue();
        assertThat(again.json().get("degraded").asBoolean()).isTrue();
        assertThat(installation.succeed("agents bank").findValuesAsText("state"))
                .containsSubsequence("no answer", "up", "up");
        lost.restart();
        assertThat(agents.client(lost).status().isPaused()).isTrue();
        agents.client(lost).resume();
        assertThat(installation.succeed("backup bank").get("degraded").asBoolean())
                .isFalse();
    }

    private static void kill(AgentProcess agent) {
        try {
            agent.kill();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void assertFails(String line, ErrorCode code, String... parts) {
        CommandRun run = installation.run(line);
        assertThat(run.exitCode()).as(run.out() + run.err()).isEqualTo(code.exitCode());
        assertThat(run.err())
                .containsPattern("(?m)^ERROR: \\S.*\nHINT: [A-Z].*$")
                .doesNotContain("\tat ");
        String message = run.err().substring(run.err().indexOf("ERROR: "));
        assertThat(message).contains(parts);
    }

    private WorkloadState present() {
        return bank.stateAt(oracleClient.namespace("bank").freshTimestamp());
    }

    /** Returns snapshots of this program, what it loads from, and what is staged. */
    private static List<String> leftIn(CassandraServer node) throws IOException {
        List<Path> roots = new ArrayList<>(node.dataDirectories());
        roots.add(node.directory().resolve(CassandraAgents.STAGING));
        List<String> left = new ArrayList<>();
        for (Path root : roots) {
            if (Files.exists(root)) {
                try (Stream<Path> paths = Files.walk(root)) {
                    paths.map(Path::toString)
                            .filter(path -> path.contains("/snapshots/tidemark") || path.contains("/files/"))
                            .forEach(left::add);
                }
            }
        }
        return left;
    }

    private List<String> entries() {
        return entriesWith(entry(
                servers.nodes().get(LAST),
                address(servers.nodes().get(LAST).jmx()),
                servers.nodes().get(LAST).name()));
    }

    private List<String> entriesWith(String last) {
        List<String> entries = new ArrayList<>();
        servers.nodes().subList(0, LAST).forEach(node -> entries.add(entry(node, address(node.jmx()), node.name())));
        entries.add(last);
        return entries;
    }

    private String entry(CassandraServer node, String jmx, String agent) {
        return "        - jmx: " + jmx
                + "\n          dataDirectories: " + node.dataDirectories()
                + "\n          stateDirectory: " + directory.resolve("agents").resolve(agent)
                + "\n          stagingDirectory: " + node.directory().resolve(CassandraAgents.STAGING)
                + "\n";
    }

    private void configure(String target, List<String> entries, String more) throws IOException {
        CommandRun.configure(directory);
        Path config = directory.resolve("tidemark.yml");
        String store = "        type: cassandra\n        keyspace: " + target
                + "\n        localDatacenter: " + servers.localDatacenter()
                + "\n        contactPoints: "
                + servers.nodes().stream().map(node -> address(node.cql())).toList()
                + "\n" + more
                + "        nodes:\n" + String.join("", entries);
        Files.writeString(
                config,
                Files.readString(config)
                        .replaceAll(" +type: rocksdb\n +directory: store\n", store)
                        .replace(
                                "  type: file\n  directory: oracle",
                                "  type: http\n  urls: [" + oracle.endpoint() + "]"));
    }

    private static String id(CassandraServer node) {
        return node.storage().getHostString() + "-" + node.storage().getPort();
    }

    private static String address(InetSocketAddress address) {
        return address.getHostString() + ":" + address.getPort();
    }

    /** Executes a statement and returns the number of rows. */
    private int execute(String statement) {
        try (CqlSession session = CqlSession.builder()
                .addContactPoint(servers.nodes().get(0).cql())
                .withLocalDatacenter(servers.localDatacenter())
                .build()) {
            return session.execute(SimpleStatement.newInstance(statement).setTimeout(Duration.ofMinutes(1)))
                    .all()
                    .size();
        }
    }
}

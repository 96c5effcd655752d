package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.cli.CassandraSite.Backed;
import dev.tidemark.cli.Fault.Kind;
import dev.tidemark.cli.demo.CassandraBank;
import dev.tidemark.cli.demo.WorkloadState;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.cassandra.server.CassandraExtension;
import dev.tidemark.kvs.cassandra.server.CassandraServer;
import dev.tidemark.kvs.cassandra.server.CassandraServers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The ways back to one backup of a bank on a cluster of three nodes: in place, with a coordinator that is killed again and again,
 * into another cluster, and into the same one when all of its nodes are lost. Each test goes on from what the one before it has left.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CassandraRecoveryIT {
    /** Of these, a build takes every third one, and all of them with {@code -Dtests.all}. */
    private static final List<Fault> KILLS = List.of(
            after("stage", "StagedFile.commit"),
            after("fence", "NamespaceOracle.fence"),
            after("set-aside", "StoreNode.setAside"),
            after("load", "StoreConnector.prepareLoad"),
            after("load", "StoreNode.load"),
            after("repair", "StoreCluster.repair"),
            after("clean", "TransactionTable.abortAll"),
            after("fast-forward", "NamespaceOracle.fastForward"),
            after("verify", "TransactionTable.scan"),
            after("complete", "StoreNode.completeRestore"));

    @RegisterExtension
    static final CassandraExtension CASSANDRA = CassandraExtension.ofNodes(3);

    private Path directory;
    private CassandraSite site;
    private Backed backed;

    @BeforeAll
    void backUp(@TempDir Path directory) throws IOException {
        this.directory = directory;
        site = new CassandraSite(CASSANDRA.servers(), 3, directory);
        backed = site.backUp();
    }

    @AfterAll
    void close() {
        site.close();
        CassandraBank.drop(CASSANDRA.servers(), site.keyspace());
    }

    @Test
    @Order(1)
    void rewind_inPlaceAndBack_showsTheStateAtTheBackupAndThenTheLastOne() {
        JsonNode report = site.installation().succeed("rewind bank --to " + backed.timestamp());

        assertThat(report.get("abortedStraddlers").asLong()).isPositive();
        assertThat(site.digestAt(backed.timestamp())).isEqualTo(backed.digest());
        assertThat(currentState()).isEqualTo(backed.state());

        site.installation().succeed("undo bank");

        assertThat(currentState()).isEqualTo(backed.stateAtLast());
    }

    /** With an oracle of its own, as the page about Cassandra says: the bank goes on meanwhile. */
    @Test
    @Order(2)
    void restore_oneTableUnderAnotherName_hasItAndNoOther() throws IOException {
        CassandraServers servers = CASSANDRA.servers();
        String name = servers.newKeyspaceName();
        site.configure("table.yml", servers, name, "", "agents.table");
        Path configuration = directory.resolve("table.yml");
        Files.writeString(
                configuration,
                Files.readString(configuration)
                        .replaceFirst("type: http\n *urls: .*", "type: file\n  directory: oracle-of-table"));
        String line = "restore bank --config table.yml --backup " + backed.backup() + " --table ";
        site.installation().assertReported(line + "acounts", ErrorCode.UNKNOWN_TABLE, "'acounts'", "accounts");
        try (CassandraBank live = site.openBank(servers, site.keyspace())) {
            live.start();
            live.awaitMore(5);

            JsonNode report = site.installation().succeed(line + "accounts");

            live.awaitMore(5);
            live.stop();
            assertThat(live.errors()).isEmpty();
            assertThat(report.get("tables")).hasSize(1);
        }
        try (CassandraBank restored = site.openBank(servers, name)) {
            assertThat(restored.tables()).containsExactly("accounts");
            long fresh = site.oracle().namespace("bank").freshTimestamp();
            assertThat(restored.balancesAt(fresh)).isEqualTo(backed.state().balances());
        }
        CassandraBank.drop(servers, name);
    }

    /** The mechanism is needed: what committed after the backup timestamp is half there. */
    @Test
    @Order(3)
    void restore_withoutTheStraddlingScan_isTorn() {
        CommandRun run = CommandRun.in(
                directory,
                Removed.straddlingScan(backed.timestamp()),
                "restore",
                "bank",
                "--replace-existing",
                "--backup",
                backed.backup(),
                "--json");

        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
        assertThat(currentState()).isNotEqualTo(backed.state());
    }

    @Test
    @Order(4)
    void restore_coordinatorIsKilledInEachStep_theNextOneGoesOn() throws IOException, InterruptedException {
        String line = "restore bank --replace-existing --backup " + backed.backup();
        int stride = Boolean.getBoolean("tests.all") ? 1 : 3;
        for (int i = stride - 1; i < KILLS.size(); i += stride) {
            try (TidemarkProcess process = TidemarkProcess.start(directory, KILLS.get(i), line.split(" "))) {
                process.awaitFault();
                process.kill();
            }
            line = "resume bank";
        }
        site.installation().assertReported("backup bank", ErrorCode.OPERATION_IN_PROGRESS, "has not ended");

        site.installation().succeed(line);

        site.assertRestored(backed, CASSANDRA.servers(), site.keyspace());
    }

    @Test
    @Order(5)
    void restore_intoTwoNodesWithOtherTokensUnderAnotherName_givesTheState() throws IOException {
        CassandraServers three = CASSANDRA.servers();
        String name = three.newKeyspaceName();
        try (CassandraServers two = three.another(three.shape().withNodes(2).withTokensPerNode(3))) {
            String replication = "        replication: {" + two.localDatacenter() + ": 2}\n";
            site.configure("new.yml", two, name, replication, "agents.new");

            site.installation().succeed("restore bank --config new.yml --backup " + backed.backup());

            assertThat(site.currentState(two, name)).isEqualTo(backed.state());
        }
    }

    /** What the nodes' disks held is gone, and with it what their agents knew. */
    @Test
    @Order(6)
    void restore_allNodesAreLost_givesTheStateAtTheBackupTimestamp() {
        CassandraServers servers = CASSANDRA.servers();
        Installation.delete(directory.resolve("agents"));
        servers.nodes().forEach(CassandraServer::kill);
        servers.nodes().forEach(CassandraServer::wipe);
        servers.nodes().forEach(CassandraServer::start);
        servers.awaitAllUp();

        JsonNode report = site.installation().succeed("restore bank --backup " + backed.backup());

        assertThat(report.get("abortedStraddlers").asLong()).isPositive();
        site.assertRestored(backed, servers, site.keyspace());
    }

    private WorkloadState currentState() {
        return site.currentState(CASSANDRA.servers(), site.keyspace());
    }

    private static Fault after(String step, String call) {
        return new Fault(Kind.PAUSE_AFTER, step, call);
    }
}

package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.cli.demo.CassandraBank;
import dev.tidemark.coordinator.config.Decoration;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.cassandra.server.CassandraExtension;
import dev.tidemark.kvs.cassandra.server.CassandraServer;
import dev.tidemark.kvs.cassandra.server.CassandraServers;
import dev.tidemark.kvs.cassandra.server.ring.Jmx;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.management.Attribute;
import javax.management.JMException;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Nodes that are killed when their snapshots are due. Of the three copies of each cell two have to be in the backup. */
class CassandraDegradedIT {
    @RegisterExtension
    static final CassandraExtension CASSANDRA = CassandraExtension.ofNodes(3);

    @TempDir
    private Path directory;

    private CassandraServers servers;
    private CassandraSite site;

    @BeforeEach
    void createSite() throws IOException {
        servers = CASSANDRA.servers();
        site = new CassandraSite(servers, 3, directory);
    }

    @AfterEach
    void startAll() throws IOException, JMException {
        servers.nodes().forEach(CassandraServer::start);
        servers.awaitAllUp();
        keepHints(true);
        CassandraBank.drop(servers, site.keyspace());
        site.close();
    }

    @Test
    void backup_twoNodesAreKilled_isRefused() {
        try (CassandraBank bank = site.createBank()) {
            bank.start();
            bank.awaitMore(5);
            bank.stop();
        }

        CommandRun run = CommandRun.in(directory, killing(servers.nodes().subList(0, 2)), "backup", "bank");

        assertThat(run.exitCode()).as(run.err()).isEqualTo(ErrorCode.INSUFFICIENT_COVERAGE.exitCode());
        assertThat(run.err()).containsPattern("(?m)^HINT: \\S");
        servers.nodes().forEach(CassandraServer::start);
        servers.awaitAllUp();
        assertThat(site.installation().succeed("backups").get("backups")).isEmpty();
        assertThat(site.installation().succeed("backup bank").get("degraded").asBoolean())
                .isFalse();
    }

    /**
     * The first node has nothing of the backup, the last one has not seen what was written while it was down: only the second one
     * knows it. A quorum of the other two finds it after a repair of every table, and not without.
     */
    @Test
    void restore_ofABackupThatLacksANode_needsTheRepair() throws IOException, JMException {
        JsonNode digest;
        long timestamp;
        String backup;
        // What a transaction has left that lost against another one is removed from all replicas, so not while one is
        // away:
        // several clients would soon wait for nothing else.
        try (CassandraBank bank = site.createBank(CassandraSite.WORKLOAD.withClients(1))) {
            writeWhileTheLastNodeIsAway(bank);
            CommandRun forbidden = CommandRun.in(
                    directory, killing(servers.nodes().subList(0, 1)), "backup", "bank", "--forbid-degraded");
            assertThat(forbidden.exitCode()).as(forbidden.err()).isEqualTo(ErrorCode.INSUFFICIENT_COVERAGE.exitCode());
            servers.awaitSeenDown(servers.nodes().get(0)); // on their own the others take twenty seconds for that
            CommandRun run = CommandRun.in(directory, "backup", "bank", "--json");
            assertThat(run.exitCode()).as(run.out()).isZero();
            assertThat(run.json().get("degraded").asBoolean()).isTrue();
            backup = run.json().get("backup").asText();
            timestamp = run.json().get("backupTimestamp").asLong();
            digest = site.digestAt(timestamp);
        }
        servers.nodes().get(0).start();
        servers.awaitAllUp();
        keepHints(true);
        String restore = "restore bank --json --replace-existing --backup " + backup;

        CommandRun without = CommandRun.in(directory, Removed.repair(), restore.split(" "));

        assertThat(without.exitCode()).as(without.out()).isZero();
        assertThat(digestWithoutTheSecondNode(timestamp)).isNotEqualTo(digest);

        CommandRun complete = CommandRun.in(directory, restore.split(" "));

        assertThat(complete.exitCode()).as(complete.out()).isZero();
        assertThat(digestWithoutTheSecondNode(timestamp)).isEqualTo(digest);
    }

    private void writeWhileTheLastNodeIsAway(CassandraBank bank) throws IOException, JMException {
        CassandraServer last = servers.nodes().get(2);
        keepHints(false);
        last.kill();
        servers.awaitSeenDown(last);
        bank.start();
        bank.awaitMore(20);
        bank.stop();
        last.start();
        servers.awaitAllUp();
    }

    private JsonNode digestWithoutTheSecondNode(long timestamp) {
        CassandraServer second = servers.nodes().get(1);
        second.kill();
        servers.awaitSeenDown(second);
        try {
            return site.digestAt(timestamp);
        } finally {
            second.start();
            servers.awaitAllUp();
        }
    }

    private static Decoration killing(List<CassandraServer> nodes) {
        AtomicBoolean isDone = new AtomicBoolean();
        return new CallObserver((step, call, isAfter) -> {
            if (step.equals("snapshot") && call.equals(CallObserver.BEGIN) && isDone.compareAndSet(false, true)) {
                nodes.forEach(CassandraServer::kill);
            }
        });
    }

    /** A hint is what a node keeps for another one that was away. */
    private void keepHints(boolean isOn) throws IOException, JMException {
        for (CassandraServer node : servers.nodes()) {
            try (JMXConnector connector = Jmx.connect(node)) {
                connector
                        .getMBeanServerConnection()
                        .setAttribute(
                                new ObjectName("org.apache.cassandra.db:type=StorageProxy"),
                                new Attribute("HintedHandoffEnabled", isOn));
            }
        }
    }
}

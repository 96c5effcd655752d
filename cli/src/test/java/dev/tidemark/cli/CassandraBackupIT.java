package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.cli.CassandraSite.Backed;
import dev.tidemark.cli.demo.CassandraBank;
import dev.tidemark.kvs.cassandra.server.CassandraExtension;
import dev.tidemark.kvs.cassandra.server.CassandraServer;
import dev.tidemark.kvs.cassandra.server.CassandraServers;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Backup and restore of a cluster of three nodes, each with all of the data, under a live bank: the snapshots of the nodes lie apart
 * on purpose, and a transaction starts before the backup timestamp and commits between two of them.
 */
class CassandraBackupIT {
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
        try (CassandraSite site = new CassandraSite(servers, schema, directory)) {
            Backed backed = site.backUp();
            lose(servers, site.keyspace(), schema == LOSES_ITS_NODES);

            JsonNode report = site.installation().succeed("restore bank --backup " + backed.backup());

            assertThat(report.get("abortedStraddlers").asLong()).isPositive();
            site.assertRestored(backed, servers, site.keyspace());
        }
    }

    /** What the nodes' disks held is gone, and with it what their agents knew. */
    private void lose(CassandraServers servers, String keyspace, boolean areNodesLost) {
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
}

package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.cli.CassandraSite.Backed;
import dev.tidemark.cli.demo.CassandraBank;
import dev.tidemark.kvs.cassandra.server.CassandraExtension;
import dev.tidemark.kvs.cassandra.server.CassandraServers;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Backup and restore of a cluster of three nodes, each with all of the data, under a live bank: the snapshots of the nodes lie apart
 * on purpose, and a transaction starts before the backup timestamp and commits between two of them. Schema 3, and the loss of whole
 * nodes, are in {@link CassandraRecoveryIT}.
 */
class CassandraBackupIT {
    @RegisterExtension
    static final CassandraExtension CASSANDRA = CassandraExtension.ofNodes(3);

    @TempDir
    private Path directory;

    /** H2, H3 and H4: whatever the schema of the transactions table. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void restore_keyspaceAndAgentsAreLost_givesTheStateAtTheBackupTimestamp(int schema) throws Exception {
        CassandraServers servers = CASSANDRA.servers();
        try (CassandraSite site = new CassandraSite(servers, schema, directory)) {
            Backed backed = site.backUp();
            Installation.delete(directory.resolve("agents"));
            CassandraBank.drop(servers, site.keyspace());

            JsonNode report = site.installation().succeed("restore bank --backup " + backed.backup());

            assertThat(report.get("abortedStraddlers").asLong()).isPositive();
            site.assertRestored(backed, servers, site.keyspace());
        }
    }
}

package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.cli.CassandraSite.Backed;
import dev.tidemark.cli.demo.CassandraBank;
import dev.tidemark.kvs.cassandra.server.CassandraServers;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backup and restore of a node of some version of Cassandra. */
abstract class RoundTripContract {
    private final CassandraServers servers;

    @TempDir
    private Path directory;

    RoundTripContract(CassandraServers servers) {
        this.servers = servers;
    }

    @Test
    void restore_everythingIsLost_givesTheStateAtTheBackupTimestamp() throws Exception {
        try (CassandraSite site = new CassandraSite(servers, 3, directory)) {
            Backed backed = site.backUp();
            Installation.delete(directory.resolve("agents"));
            CassandraBank.drop(servers, site.keyspace());

            JsonNode report = site.installation().succeed("restore bank --backup " + backed.backup());

            assertThat(report.get("abortedStraddlers").asLong()).isPositive();
            site.assertRestored(backed, servers, site.keyspace());
        }
    }
}

package dev.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.cli.CassandraSite.Backed;
import dev.tidemark.cli.demo.CassandraBank;
import dev.tidemark.kvs.cassandra.server.CassandraExtension;
import dev.tidemark.kvs.cassandra.server.CassandraServers;
import dev.tidemark.kvs.cassandra.server.CassandraVersion;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Backup and restore of the Cassandra that AtlasDB itself runs on. */
class PalantirBackupIT {
    @RegisterExtension
    static final CassandraExtension CASSANDRA = CassandraExtension.of(CassandraVersion.PALANTIR_2_2, 1);

    @TempDir
    private Path directory;

    @Test
    void restore_everythingIsLost_givesTheStateAtTheBackupTimestamp() throws Exception {
        CassandraServers servers = CASSANDRA.servers();
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

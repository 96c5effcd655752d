package dev.tidemark.cli;

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
            site.assertComesBack();
        }
    }
}

package dev.tidemark.cli;

import dev.tidemark.kvs.cassandra.server.CassandraServers;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backup and restore of a node of some version of Cassandra. */
abstract class RoundTripContract {
    private final CassandraServers servers;
    private final int schema;

    @TempDir
    private Path directory;

    /** @param schema of the transactions table */
    RoundTripContract(CassandraServers servers, int schema) {
        this.servers = servers;
        this.schema = schema;
    }

    @Test
    void restore_everythingIsLost_givesTheStateAtTheBackupTimestamp() throws Exception {
        try (CassandraSite site = new CassandraSite(servers, schema, directory)) {
            site.assertComesBack();
        }
    }
}

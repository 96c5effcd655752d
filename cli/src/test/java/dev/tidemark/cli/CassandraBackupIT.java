package dev.tidemark.cli;

import dev.tidemark.kvs.cassandra.server.CassandraExtension;
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
        try (CassandraSite site = new CassandraSite(CASSANDRA.servers(), schema, directory)) {
            site.assertComesBack();
        }
    }
}

package dev.tidemark.cli;

import dev.tidemark.kvs.cassandra.server.CassandraExtension;
import dev.tidemark.kvs.cassandra.server.CassandraVersion;
import org.junit.jupiter.api.extension.RegisterExtension;

/** On the Cassandra that AtlasDB itself runs on, and with the schema that differs most from what the other clusters have. */
class PalantirBackupIT extends RoundTripContract {
    @RegisterExtension
    static final CassandraExtension CASSANDRA = CassandraExtension.of(CassandraVersion.PALANTIR_2_2, 1);

    PalantirBackupIT() {
        super(CASSANDRA.servers(), 1);
    }
}

package dev.tidemark.cli;

import dev.tidemark.kvs.cassandra.server.CassandraExtension;
import dev.tidemark.kvs.cassandra.server.CassandraVersion;
import org.junit.jupiter.api.extension.RegisterExtension;

/** On the version of Apache Cassandra before the present one. */
class Cassandra41BackupIT extends RoundTripContract {
    @RegisterExtension
    static final CassandraExtension CASSANDRA = CassandraExtension.of(CassandraVersion.APACHE_4_1, 1);

    Cassandra41BackupIT() {
        super(CASSANDRA.servers(), 3);
    }
}

package dev.tidemark.kvs.cassandra.cql;

import dev.tidemark.kvs.cassandra.server.CassandraExtension;
import dev.tidemark.kvs.cassandra.server.CassandraServers;
import org.junit.jupiter.api.extension.RegisterExtension;

/** AtlasDB's tables in Apache Cassandra 5.0. */
class AtlasDbFixtureIT extends AtlasDbFixtureContract {
    @RegisterExtension
    static final CassandraExtension CASSANDRA = CassandraExtension.ofNodes(1);

    @Override
    protected CassandraServers servers() {
        return CASSANDRA.servers();
    }

    @Override
    protected String schemaFile() {
        return "schema-cassandra5.cql";
    }
}

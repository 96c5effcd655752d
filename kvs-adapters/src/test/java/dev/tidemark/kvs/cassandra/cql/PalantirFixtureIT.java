package dev.tidemark.kvs.cassandra.cql;

import dev.tidemark.kvs.cassandra.server.CassandraExtension;
import dev.tidemark.kvs.cassandra.server.CassandraServers;
import dev.tidemark.kvs.cassandra.server.CassandraVersion;
import org.junit.jupiter.api.extension.RegisterExtension;

/** AtlasDB's tables in the Cassandra that AtlasDB runs on. */
class PalantirFixtureIT extends AtlasDbFixtureContract {
    @RegisterExtension
    static final CassandraExtension CASSANDRA = CassandraExtension.of(CassandraVersion.PALANTIR_2_2, 1);

    @Override
    protected CassandraServers servers() {
        return CASSANDRA.servers();
    }

    @Override
    protected String schemaFile() {
        return "schema.cql";
    }
}

package dev.tidemark.kvs.cassandra.server;

import org.junit.jupiter.api.extension.RegisterExtension;

class PalantirServersIT extends CassandraServersContract {
    @RegisterExtension
    static final CassandraExtension CASSANDRA = CassandraExtension.of(CassandraVersion.PALANTIR_2_2, 3);

    PalantirServersIT() {
        super(CASSANDRA.servers());
    }
}

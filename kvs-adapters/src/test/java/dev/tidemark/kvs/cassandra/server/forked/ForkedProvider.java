package dev.tidemark.kvs.cassandra.server.forked;

import dev.tidemark.kvs.cassandra.server.CassandraServers;
import dev.tidemark.kvs.cassandra.server.ClusterShape;
import dev.tidemark.kvs.cassandra.server.ServerProvider;

/** Runs nodes as child processes of this JVM. Needs what Maven resolves, and Linux. */
public final class ForkedProvider implements ServerProvider {
    @Override
    public String name() {
        return "forked";
    }

    @Override
    public CassandraServers start(ClusterShape shape) {
        return ForkedServers.start(shape);
    }
}

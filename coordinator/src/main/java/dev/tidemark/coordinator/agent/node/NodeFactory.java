package dev.tidemark.coordinator.agent.node;

import dev.tidemark.coordinator.config.CassandraNodeOpener;
import dev.tidemark.kvs.cassandra.node.CassandraNode;
import dev.tidemark.kvs.rocksdb.RocksDbConnector;
import dev.tidemark.kvs.time.Sleeper;
import java.util.function.UnaryOperator;

/** Opens the node that a configuration describes. */
@FunctionalInterface
public interface NodeFactory {
    /** Opens a node. What is there of it need not be up. */
    ServedNode open(NodeConfiguration configuration);

    /**
     * Returns the factory for every type that can be configured.
     *
     * @param environment value of an environment variable, null when it is not set
     */
    static NodeFactory standard(UnaryOperator<String> environment, Sleeper sleeper) {
        return configuration -> {
            if (configuration instanceof NodeConfiguration.RocksDb rocksDb) {
                return new ServedNode(
                        "rocksdb",
                        "",
                        RocksDbConnector.to(rocksDb.directory(), sleeper)
                                .targetNodes()
                                .get(0),
                        () -> {});
            }
            return cassandra((NodeConfiguration.Cassandra) configuration, environment, sleeper);
        };
    }

    private static ServedNode cassandra(
            NodeConfiguration.Cassandra configuration, UnaryOperator<String> environment, Sleeper sleeper) {
        CassandraNodeOpener opener =
                new CassandraNodeOpener(configuration.keyspace(), configuration.access(), environment, sleeper);
        CassandraNode node = opener.open(configuration.local());
        return new ServedNode("cassandra", configuration.keyspace(), node, () -> {
            node.close();
            opener.close();
        });
    }
}

package dev.tidemark.coordinator.agent.node;

import dev.tidemark.kvs.rocksdb.RocksDbConnector;

/** Opens the node that a configuration describes. */
@FunctionalInterface
public interface NodeFactory {
    /** Opens a node. What is there of it need not be up. */
    ServedNode open(NodeConfiguration configuration);

    /** Returns the factory for every type that can be configured. */
    static NodeFactory standard() {
        return configuration -> {
            NodeConfiguration.RocksDb rocksDb = (NodeConfiguration.RocksDb) configuration;
            return new ServedNode(
                    "rocksdb",
                    "",
                    RocksDbConnector.to(rocksDb.directory()).targetNodes().get(0),
                    () -> {});
        };
    }
}

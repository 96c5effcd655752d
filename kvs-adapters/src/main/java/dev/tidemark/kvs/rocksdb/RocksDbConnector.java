package dev.tidemark.kvs.rocksdb;

import dev.tidemark.kvs.cluster.StoreCluster;
import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.node.StoreNode;
import java.nio.file.Path;
import java.util.List;

/** Reaches the store in a directory, whoever owns it. */
public final class RocksDbConnector implements StoreConnector {
    private RocksDbConnector() {}

    /** Returns the way to the store in the directory, from any process of this machine. */
    public static RocksDbConnector to(Path directory) {
        throw new UnsupportedOperationException("to " + directory);
    }

    /** Returns the way to a store that this process has open, with full access to its cells. */
    public static RocksDbConnector over(RocksDbStore store) {
        throw new UnsupportedOperationException("over " + store);
    }

    @Override
    public StoreCluster connect() {
        throw new UnsupportedOperationException("connect");
    }

    @Override
    public List<StoreNode> targetNodes() {
        throw new UnsupportedOperationException("targetNodes");
    }

    @Override
    public StoreCluster openRestored(RestoreId restore) {
        throw new UnsupportedOperationException("openRestored");
    }
}

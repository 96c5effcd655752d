package dev.tidemark.kvs.rocksdb;

import dev.tidemark.kvs.cluster.NodeByNodeConnector;
import dev.tidemark.kvs.cluster.StoreCluster;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.node.StoreNode;
import dev.tidemark.kvs.time.Sleeper;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.nio.file.Path;
import java.util.List;

/**
 * Reaches the store in a directory, whoever owns it. Its target node takes snapshots too, when there is a store. Keeps nothing
 * open itself.
 */
public final class RocksDbConnector implements NodeByNodeConnector {
    /** A store that is reached exists, and says itself which schemas it has. */
    private static final TransactionsSchemaMap NOT_USED = TransactionsSchemaMap.always(1);

    private final RocksDbOptions options;
    private final Sleeper sleeper;
    private final RocksDbStore openStore;

    private RocksDbConnector(RocksDbOptions options, Sleeper sleeper, RocksDbStore openStore) {
        this.options = options;
        this.sleeper = sleeper;
        this.openStore = openStore;
    }

    /**
     * Returns the way to the store in the directory, from any process of this machine. What it connects to gives access to the
     * cells only while nobody owns the store; it has {@code STORE_IN_USE} for an answer otherwise.
     *
     * @param directory the store's directory; may be missing
     * @param sleeper waits, up to 5 s, for others who look at the store
     */
    public static RocksDbConnector to(Path directory, Sleeper sleeper) {
        return new RocksDbConnector(RocksDbOptions.of(directory, NOT_USED), sleeper, null);
    }

    /** Returns the way to the store in the directory as {@link #to(Path, Sleeper)} does, waiting in real time. */
    public static RocksDbConnector to(Path directory) {
        return to(directory, Sleeper.system());
    }

    /**
     * Returns the way to a store that this process has open, with access to its cells. Closing a connection leaves the store
     * open; for {@link #openRestored} it must have been closed.
     */
    public static RocksDbConnector over(RocksDbStore store) {
        return new RocksDbConnector(RocksDbOptions.of(store.directory().root(), NOT_USED), Sleeper.system(), store);
    }

    @Override
    public StoreCluster connect() {
        if (openStore != null) {
            return openStore.cluster();
        }
        RocksDbConnection connection = new RocksDbConnection(options, sleeper);
        connection.describe();
        return connection;
    }

    @Override
    public List<StoreNode> targetNodes() {
        return List.of(new RocksDbConnection(options, sleeper).node());
    }

    @Override
    public StoreCluster openRestored(RestoreId restore) {
        RocksDbStore store = RocksDbStore.openRestored(options, restore, sleeper);
        return new RocksDbCluster(store, store::close);
    }
}

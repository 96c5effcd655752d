package dev.tidemark.kvs.rocksdb;

import dev.tidemark.kvs.cluster.StoreClusterContract;
import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

class RocksDbClusterTest extends StoreClusterContract {
    @TempDir
    private Path parent;

    private RocksDbStores stores;

    @Override
    protected StoreConnector createStore(TransactionsSchemaMap schemas) {
        stores = new RocksDbStores(parent);
        return RocksDbConnector.over(stores.create(schemas));
    }

    @Override
    protected StoreConnector createEmpty() {
        return stores.empty();
    }

    @AfterEach
    void close() {
        stores.close();
    }
}

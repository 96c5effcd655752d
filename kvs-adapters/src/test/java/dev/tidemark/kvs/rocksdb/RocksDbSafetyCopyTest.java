package dev.tidemark.kvs.rocksdb;

import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.node.SafetyCopyContract;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
class RocksDbSafetyCopyTest extends SafetyCopyContract {
    @TempDir
    private Path parent;

    private RocksDbStores stores;

    @Override
    protected StoreConnector createStore() {
        stores = new RocksDbStores(parent);
        return RocksDbConnector.over(stores.create(TransactionsSchemaMap.always(3)));
    }

    @Override
    protected StoreConnector stop() {
        return stores.stop();
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

package dev.tidemark.kvs.rocksdb;

import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.transactiontable.TransactionTableContract;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
class RocksDbTransactionTableTest extends TransactionTableContract {
    @TempDir
    private Path parent;

    private RocksDbStores stores;

    @BeforeEach
    void prepare() {
        stores = new RocksDbStores(parent);
    }

    @Override
    protected StoreConnector createStore(TransactionsSchemaMap schemas) {
        return RocksDbConnector.over(stores.create(schemas));
    }

    @AfterEach
    void close() {
        stores.close();
    }
}

package dev.tidemark.kvs.rocksdb;

import dev.tidemark.kvs.CellStore;
import dev.tidemark.kvs.CellStoreContract;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
class RocksDbCellStoreTest extends CellStoreContract {
    @TempDir
    private Path parent;

    private RocksDbStores stores;

    @Override
    protected CellStore createCells() {
        stores = new RocksDbStores(parent);
        return stores.create(TransactionsSchemaMap.always(3)).cells();
    }

    @AfterEach
    void close() {
        stores.close();
    }
}

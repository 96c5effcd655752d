package dev.tidemark.kvs.rocksdb;

import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.rocksdb.RocksDbOptions.CommitDurability;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Real stores below one directory, each in one of its own, closed together. */
final class RocksDbStores implements AutoCloseable {
    private final Path parent;
    private final List<RocksDbStore> open = new ArrayList<>();
    private int created;

    RocksDbStores(Path parent) {
        this.parent = parent;
    }

    RocksDbStore create(TransactionsSchemaMap schemas) {
        RocksDbStore store =
                RocksDbStore.open(RocksDbOptions.of(next(), schemas).withCommitDurability(CommitDurability.BUFFERED));
        open.add(store);
        return store;
    }

    /** Closes all stores and returns the way to the one that was created first. */
    StoreConnector stop() {
        close();
        return RocksDbConnector.to(parent.resolve("store-0"));
    }

    StoreConnector empty() {
        return RocksDbConnector.to(next());
    }

    private Path next() {
        return parent.resolve("store-" + created++);
    }

    @Override
    public void close() {
        open.forEach(RocksDbStore::close);
    }
}

package dev.tidemark.kvs.rocksdb;

import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.node.StoreNodeContract;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
class RocksDbNodeTest extends StoreNodeContract {
    @TempDir
    private Path parent;

    private RocksDbStores stores;

    @Override
    protected StoreConnector createStore() {
        stores = new RocksDbStores(parent);
        return RocksDbConnector.over(stores.create(TransactionsSchemaMap.always(3)));
    }

    @Override
    protected StoreConnector createEmpty() {
        return stores.empty();
    }

    /** Returns all files but those of RocksDB. */
    @Override
    protected Set<String> strayFiles() {
        try (Stream<Path> files = Files.walk(parent)) {
            return files.map(file -> parent.relativize(file).toString())
                    .filter(path -> !path.contains("/data/"))
                    .collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterEach
    void close() {
        stores.close();
    }
}

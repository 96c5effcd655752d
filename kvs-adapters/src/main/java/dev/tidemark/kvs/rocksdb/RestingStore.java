package dev.tidemark.kvs.rocksdb;

import dev.tidemark.kvs.rocksdb.directory.StoreAtRest;
import dev.tidemark.kvs.rocksdb.directory.StoreDirectory;
import java.io.IOException;
import java.nio.file.Path;
import org.rocksdb.RocksDBException;

/** The RocksDB in a directory while nobody has it open. */
final class RestingStore implements StoreAtRest {
    private final StoreDirectory directory;
    private final RocksDbOptions options;

    RestingStore(StoreDirectory directory, RocksDbOptions options) {
        this.directory = directory;
        this.options = options;
    }

    @Override
    public boolean isPresent() {
        return Database.isPresent(directory);
    }

    @Override
    public void copyTo(Path target) throws IOException {
        try {
            copy(target);
        } catch (RocksDBException e) {
            throw RocksDbErrors.translate("copy", directory, e);
        }
    }

    /** Links the files as they lie there if all is in them; a store whose owner has died is opened first, with its log. */
    void copy(Path target) throws IOException, RocksDBException {
        RestingFiles files = new RestingFiles(directory);
        if (!files.hasLog()) {
            files.copyTo(target);
            return;
        }
        try (Database database = Database.open(directory, options)) {
            database.checkpoint(target);
        }
    }
}

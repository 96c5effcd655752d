package dev.tidemark.kvs.rocksdb.directory;

import dev.tidemark.kvs.KeyValueStoreException;
import java.io.IOException;
import java.nio.file.Path;

/** The database in a directory while nobody has it open. Whoever asks holds the lock of the directory, to copy at least. */
public interface StoreAtRest {
    /**
     * Tells whether there is a database.
     *
     * @throws KeyValueStoreException {@code STORE_DAMAGED} when there is a part of one
     */
    boolean isPresent();

    /**
     * Copies the database durably, by links where files are never changed.
     *
     * @param target does not exist yet; its parent does
     */
    void copyTo(Path target) throws IOException;
}

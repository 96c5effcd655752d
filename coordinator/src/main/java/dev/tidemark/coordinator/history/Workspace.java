package dev.tidemark.coordinator.history;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.kvs.CellStore;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.rocksdb.RocksDbOptions;
import dev.tidemark.kvs.rocksdb.RocksDbOptions.CommitDurability;
import dev.tidemark.kvs.rocksdb.RocksDbOptions.RemoteSnapshots;
import dev.tidemark.kvs.rocksdb.RocksDbStore;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Cells on disk for the time of one check: a store in a directory of its own, which closing removes. It needs about as much space
 * as the history.
 */
public final class Workspace implements AutoCloseable {
    private final Path directory;
    private final RocksDbStore store;

    private Workspace(Path directory, RocksDbStore store) {
        this.directory = directory;
        this.store = store;
    }

    /**
     * Creates a workspace.
     *
     * @param parent an existing directory
     * @throws CoordinatorException {@link ErrorCode#INVALID_INPUT} when nothing can be created there
     */
    public static Workspace create(Path parent) {
        Path directory;
        try {
            directory = Files.createTempDirectory(parent, "tidemark-check-history-");
        } catch (IOException e) {
            throw new CoordinatorException(
                    ErrorCode.INVALID_INPUT,
                    "no temporary directory can be created in '" + parent + "'",
                    "Name an existing directory that this user may write.",
                    e);
        }
        try {
            RocksDbStore store = RocksDbStore.open(RocksDbOptions.of(directory, TransactionsSchemaMap.always(1))
                    .withCommitDurability(CommitDurability.BUFFERED)
                    .withRemoteSnapshots(RemoteSnapshots.REFUSED));
            return new Workspace(directory, store);
        } catch (RuntimeException e) {
            remove(directory);
            throw e;
        }
    }

    /** Returns the cells. */
    public CellStore cells() {
        return store.cells();
    }

    @Override
    public void close() {
        store.close();
        remove(directory);
    }

    private static void remove(Path directory) {
        try (Stream<Path> paths = Files.walk(directory)) {
            List<Path> deepestFirst = paths.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new CoordinatorException(
                    ErrorCode.INVALID_INPUT,
                    "temporary directory '" + directory + "' can't be removed",
                    "Remove it by hand.",
                    e);
        }
    }
}

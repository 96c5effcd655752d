package dev.tidemark.kvs.rocksdb;

import dev.tidemark.kvs.CellStore;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.cluster.StoreCluster;
import dev.tidemark.kvs.cluster.StoreMetadata;
import dev.tidemark.kvs.files.DirectoryLock;
import dev.tidemark.kvs.files.DirectoryLock.Use;
import dev.tidemark.kvs.files.FileErrors;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.node.SnapshotTag;
import dev.tidemark.kvs.node.StoreNode;
import dev.tidemark.kvs.rocksdb.RocksDbOptions.RemoteSnapshots;
import dev.tidemark.kvs.rocksdb.directory.ChangeInPlace;
import dev.tidemark.kvs.rocksdb.directory.RestoreTarget;
import dev.tidemark.kvs.rocksdb.directory.SafetyCopies;
import dev.tidemark.kvs.rocksdb.directory.StoreDirectory;
import dev.tidemark.kvs.time.Sleeper;
import dev.tidemark.kvs.transactiontable.CellTransactionTable;
import dev.tidemark.kvs.transactiontable.TransactionTable;
import java.io.IOException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * A store in a directory of this machine, opened by the one process that owns it. Thread-safe.
 *
 * <p>The owner may serve snapshots to other processes of the machine while it works; see {@link RocksDbOptions.RemoteSnapshots}.
 */
public final class RocksDbStore implements AutoCloseable {
    private final StoreDirectory directory;
    private final DirectoryLock lock;
    private final Database database;
    private final CellStore cells;
    private final StoreNode node;
    private final SnapshotDirectory snapshots;
    private SnapshotEndpoint endpoint;

    private RocksDbStore(
            StoreDirectory directory, RocksDbOptions options, DirectoryLock lock, Database database, Sleeper sleeper) {
        this.directory = directory;
        this.lock = lock;
        this.database = database;
        this.cells = new RocksDbCells(database, options.commitDurability());
        this.snapshots = new SnapshotDirectory(directory);
        this.node = new RocksDbNode(
                snapshots,
                new RestoreTarget(directory, sleeper),
                new ChangeInPlace(directory, sleeper, new RestingStore(directory, options)),
                this::snapshot);
    }

    /** Opens a store with the randomness and the time of the running system. */
    public static RocksDbStore open(RocksDbOptions options) {
        return open(options, new SecureRandom(), Sleeper.system());
    }

    /**
     * Opens the store, or creates it with its transactions tables. Waits up to 5 s while a backup looks at the store.
     *
     * @param random makes the token for snapshots by other processes; cryptographically strong outside of tests
     * @param sleeper waits for whoever looks at the store for a moment
     * @throws KeyValueStoreException {@link ErrorCode#STORE_IN_USE} when another process or another part of this one has it
     *     open, {@link ErrorCode#RESTORE_INCOMPLETE} when a restore into the directory has begun and not ended,
     *     {@link ErrorCode#STORE_DAMAGED} when the files can't be read or some are missing, {@link ErrorCode#DISK_FULL} when there is no space
     */
    public static RocksDbStore open(RocksDbOptions options, RandomGenerator random, Sleeper sleeper) {
        StoreDirectory directory = new StoreDirectory(options.directory());
        boolean isServing = options.remoteSnapshots() == RemoteSnapshots.ALLOWED;
        RestoreTarget target = new RestoreTarget(directory, sleeper);
        Opening opening = new Opening(
                isServing ? Use.SERVING : Use.PRIVATE,
                target::refuseWhileRestoring,
                () -> Database.openOrCreate(directory, options),
                store -> {
                    StoreMetadata metadata = new StoreMetadata(store.cells);
                    metadata.initialise(options.schemasOfNewStore());
                    new CellTransactionTable(store.cells, metadata.transactionsSchemas()).createTables();
                    if (isServing) {
                        store.endpoint = SnapshotEndpoint.start(directory, store, random);
                    }
                });
        return open(directory, options, sleeper, opening);
    }

    /** Opens a store that exists, for this process alone, to work on its cells. */
    static RocksDbStore openPrivately(RocksDbOptions options, Sleeper sleeper) {
        RestoreTarget target = new RestoreTarget(new StoreDirectory(options.directory()), sleeper);
        return openPresent(options, sleeper, target::refuseWhileRestoring);
    }

    /** Opens a store that carries the mark of this restore. */
    static RocksDbStore openRestored(RocksDbOptions options, RestoreId restore, Sleeper sleeper) {
        RestoreTarget target = new RestoreTarget(new StoreDirectory(options.directory()), sleeper);
        return openPresent(options, sleeper, () -> target.refuseUnlessRestoredBy(restore));
    }

    private static RocksDbStore openPresent(RocksDbOptions options, Sleeper sleeper, Runnable gate) {
        StoreDirectory directory = new StoreDirectory(options.directory());
        Opening opening = new Opening(Use.PRIVATE, gate, () -> Database.open(directory, options), store -> {});
        return open(directory, options, sleeper, opening);
    }

    private static RocksDbStore open(
            StoreDirectory directory, RocksDbOptions options, Sleeper sleeper, Opening opening) {
        opening.gate.run(); // a store under restoration is refused as such, also while the restore holds the lock
        DirectoryLock lock = DirectoryLock.acquire(directory.root(), opening.use, sleeper);
        RocksDbStore store = null;
        boolean isStarted = false;
        try {
            opening.gate.run();
            Files.deleteIfExists(directory.ownerFile());
            new SnapshotDirectory(directory).removeLeftovers();
            new SafetyCopies(directory, sleeper).removeLeftovers();
            store = new RocksDbStore(directory, options, lock, opening.database.get(), sleeper);
            opening.start.accept(store);
            isStarted = true;
            return store;
        } catch (IOException e) {
            throw FileErrors.translate("open", directory.root(), e);
        } finally {
            if (!isStarted && store != null) {
                store.close();
            }
            if (!isStarted) {
                lock.close();
            }
        }
    }

    /** Returns the data side; usable until the store is closed. */
    public CellStore cells() {
        return cells;
    }

    /** Returns the transactions tables; usable until the store is closed. */
    public TransactionTable transactionTable() {
        return new CellTransactionTable(cells, new StoreMetadata(cells).transactionsSchemas());
    }

    /** Returns the cluster side over this open store; closing it does not close the store. */
    public StoreCluster cluster() {
        return new RocksDbCluster(this, () -> {});
    }

    StoreDirectory directory() {
        return directory;
    }

    StoreNode node() {
        return node;
    }

    /** Takes a snapshot of the open store; it has its name before the store is closed and its lock released, or never. */
    void snapshot(SnapshotTag tag) {
        database.use("take a snapshot of", rocks -> {
            snapshots.take(tag, database::checkpoint);
            return null;
        });
    }

    /**
     * Closes the store. Calls under way end first; iterators that are still open fail at their next step. Closing twice does
     * nothing.
     */
    @Override
    public void close() {
        synchronized (this) {
            if (endpoint != null) {
                endpoint.close();
                endpoint = null;
            }
        }
        database.close();
        lock.close();
    }

    /**
     * How a store is opened.
     *
     * @param gate refuses, before the lock is taken and again afterwards
     * @param database opens the database
     * @param start does what belongs to opening before anybody gets the store
     */
    private record Opening(Use use, Runnable gate, Supplier<Database> database, Consumer<RocksDbStore> start) {}
}

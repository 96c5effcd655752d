package dev.tidemark.kvs.rocksdb;

import dev.tidemark.kvs.CellStore;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.cluster.StoreCluster;
import dev.tidemark.kvs.cluster.StoreDescription;
import dev.tidemark.kvs.cluster.StoreMetadata;
import dev.tidemark.kvs.files.DirectoryLock;
import dev.tidemark.kvs.files.DirectoryLock.Use;
import dev.tidemark.kvs.files.FileErrors;
import dev.tidemark.kvs.node.SnapshotTag;
import dev.tidemark.kvs.node.StoreNode;
import dev.tidemark.kvs.rocksdb.directory.ChangeInPlace;
import dev.tidemark.kvs.rocksdb.directory.RestoreTarget;
import dev.tidemark.kvs.rocksdb.directory.StoreDirectory;
import dev.tidemark.kvs.time.Sleeper;
import dev.tidemark.kvs.transactiontable.TransactionTable;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.io.IOException;
import java.net.ConnectException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reaches a store from outside of its owner, call by call: when nobody has the lock, it visits the store at rest, for as long as
 * the call takes; when an owner has it, it asks the owner. So an application can start and stop while a backup runs.
 *
 * <p>Cells can't be had while an owner has the store. Without one, the first use of cells opens the store for this process until
 * the connection is closed.
 */
final class RocksDbConnection implements StoreCluster {
    /** How often an owner may end without an answer, which takes as long as the owner likes each time. */
    private static final int MAX_LOST_ANSWERS = 3;

    private final StoreDirectory directory;
    private final RocksDbOptions options;
    private final Sleeper sleeper;
    private final OwnerClient.Patience patience;
    private final RestoreTarget target;
    private final SnapshotDirectory snapshots;
    private final RestingStore resting;
    private final StoreNode node;
    private RocksDbStore opened;

    RocksDbConnection(RocksDbOptions options, Sleeper sleeper) {
        this(options, sleeper, OwnerClient.Patience.DEFAULT);
    }

    RocksDbConnection(RocksDbOptions options, Sleeper sleeper, OwnerClient.Patience patience) {
        this.directory = new StoreDirectory(options.directory());
        this.options = options;
        this.sleeper = sleeper;
        this.patience = patience;
        this.target = new RestoreTarget(directory, sleeper);
        this.snapshots = new SnapshotDirectory(directory);
        this.resting = new RestingStore(directory, options);
        this.node = new RocksDbNode(snapshots, target, new ChangeInPlace(directory, sleeper, resting), this::snapshot);
    }

    StoreNode node() {
        return node;
    }

    @Override
    public StoreDescription describe() {
        Optional<RocksDbStore> store = opened();
        if (store.isPresent()) {
            return store.get().cluster().describe();
        }
        return reach(this::describeAtRest, OwnerClient::describe);
    }

    @Override
    public List<Problem> check() {
        describe(); // refuses when the store can't be reached
        return RocksDbCluster.checkDisk(directory);
    }

    @Override
    public List<StoreNode> nodes() {
        return List.of(node);
    }

    @Override
    public void repair(Set<TableName> tables) {
        // There is one copy of each cell: it equals itself.
    }

    @Override
    public void raiseEarliestReadableTimestamp(long timestamp) {
        new StoreMetadata(cells()).raiseEarliestReadableTimestamp(timestamp);
    }

    /** RocksDB orders writes by a sequence of its own. */
    @Override
    public void prepareClean(TimestampRange starts) {}

    /** They are a part of the data, in one place with them. */
    @Override
    public void adoptTransactionsSchemas(TransactionsSchemaMap schemas, long bound) {}

    @Override
    public TransactionTable transactionTable() {
        return store().transactionTable();
    }

    @Override
    public CellStore cells() {
        return store().cells();
    }

    @Override
    public synchronized void close() {
        if (opened != null) {
            opened.close();
            opened = null;
        }
    }

    private synchronized RocksDbStore store() {
        if (opened == null) {
            refuseUnlessPresent();
            try {
                opened = RocksDbStore.openPrivately(options, sleeper);
            } catch (KeyValueStoreException e) {
                throw e.code() == ErrorCode.STORE_IN_USE ? cellsInUse(e) : e;
            }
        }
        return opened;
    }

    private synchronized Optional<RocksDbStore> opened() {
        return Optional.ofNullable(opened);
    }

    private void snapshot(SnapshotTag tag) {
        Optional<RocksDbStore> store = opened();
        if (store.isPresent()) {
            store.get().snapshot(tag);
            return;
        }
        reach(
                () -> {
                    snapshotAtRest(tag);
                    return null;
                },
                owner -> {
                    owner.snapshot(tag);
                    return null;
                });
    }

    /**
     * Visits the store or asks its owner; tries again, for 5 s, while another visitor is there or an owner is about to listen. An
     * owner that listens is asked once, however it answers, and again only if it ends or closes the store meanwhile.
     */
    private <T> T reach(Visit<T> visit, Question<T> question) {
        refuseUnlessPresent();
        Exception lastFailure = null;
        int lostAnswers = 0;
        for (int attempt = 0; attempt < DirectoryLock.maxAttempts(); attempt++) {
            try (DirectoryLock lock =
                    DirectoryLock.tryAcquire(directory.root(), Use.VISITING).orElse(null)) {
                if (lock != null) {
                    target.refuseWhileRestoring();
                    return visit.run();
                }
            } catch (IOException e) {
                throw FileErrors.translate("visit", directory.root(), e);
            }
            if (DirectoryLock.holder(directory.root()).use() == Use.PRIVATE) {
                throw ownerIsSilent(null);
            }
            try {
                Optional<OwnerFile> owner = OwnerFile.read(directory);
                if (owner.isPresent()) {
                    return question.ask(new OwnerClient(owner.get(), patience));
                }
            } catch (ConnectException | OwnerClient.NotTheOwnerException e) {
                lastFailure = e;
            } catch (IOException e) {
                lastFailure = e;
                lostAnswers++;
                if (lostAnswers >= MAX_LOST_ANSWERS) {
                    break;
                }
            }
            DirectoryLock.pause(directory.root(), sleeper);
        }
        throw ownerIsSilent(lastFailure);
    }

    private StoreDescription describeAtRest() {
        try (Database database = Database.openReadOnly(directory)) {
            return RocksDbCluster.describe(new RocksDbCells(database, options.commitDurability()));
        }
    }

    private void snapshotAtRest(SnapshotTag tag) {
        snapshots.removeLeftovers();
        snapshots.take(tag, resting::copy);
    }

    private void refuseUnlessPresent() {
        target.refuseWhileRestoring();
        if (!Database.isPresent(directory)) {
            throw new KeyValueStoreException(
                    ErrorCode.STORE_UNAVAILABLE,
                    "there is no store in '" + directory + "'",
                    "Correct the directory, or restore the store from a backup.");
        }
    }

    private KeyValueStoreException ownerIsSilent(Exception cause) {
        DirectoryLock.Holder holder = DirectoryLock.holder(directory.root());
        KeyValueStoreException inUse = DirectoryLock.inUse(directory.root(), holder);
        return new KeyValueStoreException(
                ErrorCode.STORE_IN_USE, inUse.getMessage() + ", which does not serve snapshots", inUse.hint(), cause);
    }

    private KeyValueStoreException cellsInUse(KeyValueStoreException cause) {
        return new KeyValueStoreException(
                ErrorCode.STORE_IN_USE,
                "the cells of a store can be read by its owner alone: " + cause.getMessage(),
                cause.hint(),
                cause);
    }

    @FunctionalInterface
    private interface Visit<T> {
        T run() throws IOException;
    }

    @FunctionalInterface
    private interface Question<T> {
        T ask(OwnerClient owner) throws IOException;
    }
}

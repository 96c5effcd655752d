package dev.tidemark.kvs.rocksdb;

import dev.tidemark.kvs.CellStore;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.cluster.StoreCluster;
import dev.tidemark.kvs.cluster.StoreDescription;
import dev.tidemark.kvs.cluster.StoreMetadata;
import dev.tidemark.kvs.files.FileErrors;
import dev.tidemark.kvs.node.StoreNode;
import dev.tidemark.kvs.rocksdb.directory.StoreDirectory;
import dev.tidemark.kvs.transactiontable.TransactionTable;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Cluster side over a store that this process has open. */
final class RocksDbCluster implements StoreCluster {
    private static final long MIN_USABLE_BYTES = 64L << 20;
    private static final int LOW_SPACE_DIVISOR = 20;

    private final RocksDbStore store;
    private final Runnable onClose;

    RocksDbCluster(RocksDbStore store, Runnable onClose) {
        this.store = store;
        this.onClose = onClose;
    }

    /** Describes an open store by its cells. */
    static StoreDescription describe(CellStore cells) {
        StoreMetadata metadata = new StoreMetadata(cells);
        return new StoreDescription(
                "rocksdb",
                Database.version(),
                List.of(new StoreDescription.NodeDescription(RocksDbNode.ID, true, List.of("all"))),
                1,
                1,
                new TreeSet<>(cells.tables()),
                Map.of(),
                metadata.transactionsSchemas(),
                Long.MAX_VALUE,
                metadata.earliestReadableTimestamp(),
                StoreDescription.NO_SKEW_LIMIT);
    }

    /** Looks at the disk: a snapshot writes what is in memory, and its links keep old files alive for a while. */
    static List<Problem> checkDisk(StoreDirectory directory) {
        try {
            FileStore disk = Files.getFileStore(directory.root());
            long usable = disk.getUsableSpace();
            String message = "the disk of store '" + directory + "' has " + usable + " bytes free";
            if (usable < MIN_USABLE_BYTES) {
                return List.of(new Problem(
                        true,
                        message + " (expected: at least " + MIN_USABLE_BYTES + ")",
                        "Free space on the disk of the store's directory."));
            }
            if (usable < disk.getTotalSpace() / LOW_SPACE_DIVISOR) {
                return List.of(new Problem(
                        false,
                        message + ", less than 1/" + LOW_SPACE_DIVISOR + " of its size",
                        "Free space soon: snapshots keep files alive that the store no longer needs."));
            }
            return List.of();
        } catch (IOException e) {
            throw FileErrors.translate("look at the disk of", directory.root(), e);
        }
    }

    @Override
    public StoreDescription describe() {
        return describe(store.cells());
    }

    @Override
    public List<Problem> check() {
        store.cells().tables(); // refuses when the store is closed
        return checkDisk(store.directory());
    }

    @Override
    public List<StoreNode> nodes() {
        return List.of(store.node());
    }

    @Override
    public void repair(Set<TableName> tables) {
        // There is one copy of each cell: it equals itself.
    }

    @Override
    public void raiseEarliestReadableTimestamp(long timestamp) {
        new StoreMetadata(store.cells()).raiseEarliestReadableTimestamp(timestamp);
    }

    /** RocksDB orders writes by a sequence of its own. */
    @Override
    public void prepareClean(TimestampRange starts) {}

    /** They are a part of the data, in one place with them. */
    @Override
    public void adoptTransactionsSchemas(TransactionsSchemaMap schemas, long bound) {}

    @Override
    public TransactionTable transactionTable() {
        return store.transactionTable();
    }

    @Override
    public CellStore cells() {
        return store.cells();
    }

    @Override
    public void close() {
        onClose.run();
    }
}

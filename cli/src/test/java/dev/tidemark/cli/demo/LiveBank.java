package dev.tidemark.cli.demo;

import dev.tidemark.kvs.rocksdb.RocksDbOptions;
import dev.tidemark.kvs.rocksdb.RocksDbStore;
import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.kvs.time.Sleeper;
import dev.tidemark.kvs.time.ThreadedPeriodicTasks;
import dev.tidemark.kvs.transaction.TransactionOptions;
import dev.tidemark.kvs.transaction.TransactionSeams;
import dev.tidemark.kvs.transaction.TransactionalStore;
import dev.tidemark.kvs.transaction.VisibleCells;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import dev.tidemark.timestamp.NamespaceOracle;
import java.nio.file.Path;
import java.util.SplittableRandom;

/**
 * The workload's application on one thread, a transaction at a time when the test says so: the same transactions from the same
 * seed, and nothing is swept. Not thread-safe.
 */
public final class LiveBank implements AutoCloseable {
    private static final TransactionsSchemaMap SCHEMAS = TransactionsSchemaMap.always(3);

    private final WorkloadSettings settings;
    private final NamespaceOracle oracle;
    private final RocksDbStore store;
    private final ThreadedPeriodicTasks tasks = new ThreadedPeriodicTasks();
    private final TransactionalStore transactions;
    private final WorkloadClient client;
    private final TransferHistory history = new TransferHistory();
    private Straddler straddler;

    /** Opens the store, or creates it where nothing is. */
    public LiveBank(Path directory, NamespaceOracle oracle, WorkloadSettings settings, long clientNumber) {
        this.settings = settings;
        this.oracle = oracle;
        this.store = RocksDbStore.open(RocksDbOptions.of(directory, SCHEMAS));
        this.transactions = new TransactionalStore(
                store.cells(), SCHEMAS, oracle, TransactionSeams.system(tasks), TransactionOptions.defaults());
        this.client = new WorkloadClient(
                transactions, settings, history, clientNumber, new SplittableRandom(settings.seed() + clientNumber));
    }

    /** Creates tables and first content in an empty store. */
    public void setUp() {
        try (Workload workload =
                new Workload(transactions, settings, history, 0, MonotonicClock.system(), Sleeper.system())) {
            workload.setUp();
        }
    }

    /** Runs transactions to their end. */
    public void run(int count) {
        for (int i = 0; i < count; i++) {
            client.runOne();
        }
    }

    /** Begins a transaction that stays open. */
    public void beginStraddler() {
        straddler = Straddler.begin(transactions, settings, history, 0);
    }

    /** Commits the transaction that was left open. */
    public void commitStraddler() {
        straddler.commit();
    }

    /** Returns a timestamp at which everything that has run is visible. */
    public long now() {
        return oracle.freshTimestamp();
    }

    /** Reads what is visible at a timestamp. */
    public WorkloadState stateAt(long timestamp) {
        return stateOf(store, timestamp);
    }

    /** Reads what is visible in a store at a timestamp, and requires that the store can be opened. */
    public static WorkloadState stateOf(Path directory, long timestamp) {
        try (RocksDbStore store = RocksDbStore.open(RocksDbOptions.of(directory, SCHEMAS))) {
            return stateOf(store, timestamp);
        }
    }

    private static WorkloadState stateOf(RocksDbStore store, long timestamp) {
        return WorkloadState.read(VisibleCells.at(timestamp, store.cells(), store.transactionTable()));
    }

    /** Returns what the clients were told. */
    public TransferHistory history() {
        return history;
    }

    @Override
    public void close() {
        transactions.close();
        tasks.close();
        store.close();
    }
}

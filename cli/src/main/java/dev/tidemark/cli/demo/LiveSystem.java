package dev.tidemark.cli.demo;

import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.rocksdb.RocksDbConnector;
import dev.tidemark.kvs.rocksdb.RocksDbOptions;
import dev.tidemark.kvs.rocksdb.RocksDbStore;
import dev.tidemark.kvs.transaction.TransactionEvents;
import dev.tidemark.kvs.transaction.TransactionOptions;
import dev.tidemark.kvs.transaction.TransactionSeams;
import dev.tidemark.kvs.transaction.TransactionalStore;
import dev.tidemark.kvs.transaction.VisibleCells;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import dev.tidemark.timestamp.NamespaceOracle;
import dev.tidemark.timestamp.TimestampClient;
import dev.tidemark.timestamp.bound.FileBoundStore;
import dev.tidemark.timestamp.oracle.InProcessTimestampClient;
import dev.tidemark.timestamp.oracle.OracleSeams;
import dev.tidemark.timestamp.oracle.OracleSettings;
import dev.tidemark.timestamp.oracle.TimestampOracles;
import java.util.UUID;

/** The application that the demonstration backs up: an embedded oracle, a RocksDB store and transactions over both. */
final class LiveSystem implements AutoCloseable {
    private static final int TRANSACTIONS_SCHEMA = 3;

    private final TimestampOracles oracles;
    private final TimestampClient client;
    private final NamespaceOracle oracle;
    private final RocksDbStore store;
    private final TransactionalStore transactions;

    private LiveSystem(
            TimestampOracles oracles,
            TimestampClient client,
            NamespaceOracle oracle,
            RocksDbStore store,
            TransactionalStore transactions) {
        this.oracles = oracles;
        this.client = client;
        this.oracle = oracle;
        this.store = store;
        this.transactions = transactions;
    }

    /** Opens the system, or creates it where nothing is. */
    static LiveSystem open(DemoDirectory directory, EngineSeams seams) {
        TimestampOracles oracles = new TimestampOracles(
                FileBoundStore.open(directory.oracle()),
                OracleSettings.defaults(),
                new OracleSeams(seams.monotonicClock(), seams.clock(), seams.periodicTasks()));
        TimestampClient client = new InProcessTimestampClient(oracles);
        NamespaceOracle oracle = client.createNamespace(DemoDirectory.NAMESPACE);
        TransactionsSchemaMap schemas = TransactionsSchemaMap.always(TRANSACTIONS_SCHEMA);
        RocksDbStore store = RocksDbStore.open(RocksDbOptions.of(directory.store(), schemas));
        TransactionSeams transactionSeams = new TransactionSeams(
                seams.periodicTasks(),
                () -> new UUID(seams.random().nextLong(), seams.random().nextLong()),
                seams.monotonicClock(),
                seams.sleeper(),
                seams.random(),
                TransactionEvents.NONE);
        TransactionalStore transactions =
                new TransactionalStore(store.cells(), schemas, oracle, transactionSeams, TransactionOptions.defaults());
        return new LiveSystem(oracles, client, oracle, store, transactions);
    }

    TimestampClient client() {
        return client;
    }

    NamespaceOracle oracle() {
        return oracle;
    }

    TransactionalStore transactions() {
        return transactions;
    }

    StoreConnector connector() {
        return RocksDbConnector.over(store);
    }

    /** Reads what the workload's tables hold at a timestamp. */
    WorkloadState stateAt(long timestamp) {
        return WorkloadState.read(VisibleCells.at(timestamp, store.cells(), store.transactionTable()));
    }

    @Override
    public void close() {
        transactions.close();
        store.close();
        client.close();
        oracles.close();
    }
}

package dev.tidemark.cli.bench;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.rocksdb.RocksDbStore;
import dev.tidemark.kvs.transactiontable.CellTransactionTable;
import dev.tidemark.kvs.transactiontable.TransactionState;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.util.Map;
import java.util.function.LongSupplier;

/** Fills a store with short transactions that have committed, as fast as it goes. */
final class SampleCommits {
    private static final TableName TABLE = TableName.of("bench.counters");
    private static final Bytes COLUMN = Bytes.utf8("count");
    private static final int ROWS = 100_000;
    private static final int CHECK_INTERVAL = 1_000;

    private final RocksDbStore store;
    private final CellTransactionTable table;
    private final LongSupplier timestamps;

    /** Creates a writer that takes start and commit timestamps from a supplier of growing numbers. */
    SampleCommits(RocksDbStore store, TransactionsSchemaMap schemas, LongSupplier timestamps) {
        this.store = store;
        this.table = new CellTransactionTable(store.cells(), schemas);
        this.timestamps = timestamps;
    }

    /** Writes transactions that each write one cell. */
    void writeTransactions(long count) throws InterruptedException {
        store.cells().createTable(TABLE);
        for (long i = 0; i < count; i++) {
            long start = timestamps.getAsLong();
            Cell cell = Cell.of(Bytes.ofLong(Long.reverse(i % ROWS)), COLUMN);
            store.cells().put(TABLE, Map.of(cell, Bytes.ofLong(i)), start);
            commit(i, start);
        }
    }

    /** Writes the entries of transactions alone. */
    void writeEntries(long count) throws InterruptedException {
        for (long i = 0; i < count; i++) {
            commit(i, timestamps.getAsLong());
        }
    }

    private void commit(long number, long start) throws InterruptedException {
        if (number % CHECK_INTERVAL == 0 && Thread.interrupted()) {
            throw new InterruptedException();
        }
        table.propose(start, TransactionState.committed(timestamps.getAsLong()));
    }
}

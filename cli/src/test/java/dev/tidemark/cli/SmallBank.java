package dev.tidemark.cli;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.rocksdb.RocksDbOptions;
import dev.tidemark.kvs.rocksdb.RocksDbStore;
import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.kvs.time.ThreadedPeriodicTasks;
import dev.tidemark.kvs.transaction.TransactionOptions;
import dev.tidemark.kvs.transaction.TransactionSeams;
import dev.tidemark.kvs.transaction.TransactionalStore;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import dev.tidemark.timestamp.bound.FileBoundStore;
import dev.tidemark.timestamp.oracle.OracleSettings;
import dev.tidemark.timestamp.oracle.TimestampOracles;
import java.nio.file.Path;

/** The store of {@link CommandRun#configure}'s namespace, written to as its application would. */
final class SmallBank {
    private static final TransactionsSchemaMap SCHEMAS = TransactionsSchemaMap.always(3);

    private SmallBank() {}

    /** Writes the same hundred cells with another value each time. */
    static void write(Path directory, String value) {
        try (TimestampOracles oracles = oracles(directory);
                RocksDbStore store = RocksDbStore.open(RocksDbOptions.of(directory.resolve("store"), SCHEMAS));
                ThreadedPeriodicTasks tasks = new ThreadedPeriodicTasks();
                TransactionalStore transactions = new TransactionalStore(
                        store.cells(),
                        SCHEMAS,
                        oracles.create("bank"),
                        TransactionSeams.system(tasks),
                        TransactionOptions.defaults())) {
            TableName table = TableName.of("t");
            transactions.createTable(table);
            transactions.execute(transaction -> {
                for (long i = 0; i < 100; i++) {
                    transaction.put(table, Cell.of(Bytes.ofLong(i), Bytes.utf8("c")), Bytes.utf8(value + i));
                }
                return null;
            });
        }
    }

    static TimestampOracles oracles(Path directory) {
        return new TimestampOracles(
                FileBoundStore.open(directory.resolve("oracle")), OracleSettings.defaults(), MonotonicClock.system());
    }
}

package dev.tidemark.cli.demo;

import dev.tidemark.kvs.rocksdb.RocksDbOptions;
import dev.tidemark.kvs.rocksdb.RocksDbStore;
import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.kvs.time.Sleeper;
import dev.tidemark.kvs.time.ThreadedPeriodicTasks;
import dev.tidemark.kvs.transaction.TransactionOptions;
import dev.tidemark.kvs.transaction.TransactionSeams;
import dev.tidemark.kvs.transaction.TransactionalStore;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import dev.tidemark.timestamp.TimestampClient;
import dev.tidemark.timestamp.http.HttpTimestampClient;
import dev.tidemark.timestamp.http.HttpTimestampClientSettings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;

/**
 * A process of its own that owns a RocksDB store and runs the workload on it against an oracle that is reached over HTTP; for
 * tests that kill processes. Prints {@code READY} when it runs, and ends when its standard input does. At the end it prints
 * {@code TRANSFERS} and the number of acknowledged transfers, or {@code ERROR} and what a client saw.
 */
public final class WorkloadProcess {
    private WorkloadProcess() {}

    /** Arguments: store directory, oracle address, namespace, seed, number of the first client, and {@code new} or {@code old}. */
    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[0]);
        WorkloadSettings settings =
                WorkloadSettings.withSeed(Long.parseLong(arguments[3])).withDocuments(200, 4096);
        TransactionsSchemaMap schemas = TransactionsSchemaMap.always(3);
        TransferHistory history = new TransferHistory();
        try (TimestampClient client =
                        HttpTimestampClient.create(HttpTimestampClientSettings.of(URI.create(arguments[1])));
                RocksDbStore store = RocksDbStore.open(RocksDbOptions.of(directory, schemas));
                ThreadedPeriodicTasks tasks = new ThreadedPeriodicTasks();
                TransactionalStore transactions = new TransactionalStore(
                        store.cells(),
                        schemas,
                        client.createNamespace(arguments[2]),
                        TransactionSeams.system(tasks),
                        TransactionOptions.defaults());
                Workload workload = new Workload(
                        transactions,
                        settings,
                        history,
                        Integer.parseInt(arguments[4]),
                        MonotonicClock.system(),
                        Sleeper.system())) {
            if (arguments[5].equals("new")) {
                workload.setUp();
            }
            workload.start();
            System.out.println("READY");
            while (System.in.read() >= 0) {
                // Whoever started this process closes its standard input to end it.
            }
            workload.close();
            workload.errors().forEach(error -> System.out.println("ERROR " + error));
            System.out.println("TRANSFERS " + history.size());
        }
    }
}

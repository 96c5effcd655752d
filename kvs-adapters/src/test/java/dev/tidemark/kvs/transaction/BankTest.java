package dev.tidemark.kvs.transaction;

import static dev.tidemark.kvs.transaction.TransactionWorld.OTHER;
import static dev.tidemark.kvs.transaction.TransactionWorld.TABLE;
import static dev.tidemark.kvs.transaction.TransactionWorld.cell;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.CellRange;
import dev.tidemark.kvs.CellStore;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.memory.InMemoryOptions;
import dev.tidemark.kvs.memory.InMemoryStore;
import dev.tidemark.kvs.rocksdb.RocksDbOptions;
import dev.tidemark.kvs.rocksdb.RocksDbOptions.RemoteSnapshots;
import dev.tidemark.kvs.rocksdb.RocksDbStore;
import dev.tidemark.kvs.time.PeriodicTasks;
import dev.tidemark.kvs.time.ThreadedPeriodicTasks;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Threads move money between few accounts and write a ledger, while others read and a sweeper sweeps. No money appears or
 * vanishes in any reader's eyes, and the ledger gives the balances.
 */
@Execution(ExecutionMode.CONCURRENT)
class BankTest {
    private static final int ACCOUNTS = 6;
    private static final long OPENING_BALANCE = 1_000;
    private static final int CLIENTS = 4;
    private static final int TRANSFERS_PER_CLIENT = 60;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void transfers_inMemory_keepEveryInvariant(int schema) throws Exception {
        TransactionsSchemaMap schemas = TransactionsSchemaMap.always(schema);
        InMemoryStore store = InMemoryStore.create(InMemoryOptions.threeNodes(30, schemas), new SplittableRandom(7));

        run(store.cells(), schemas);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void transfers_inRocksDb_keepEveryInvariant(int schema, @TempDir Path directory) throws Exception {
        TransactionsSchemaMap schemas = TransactionsSchemaMap.always(schema);
        RocksDbOptions options = RocksDbOptions.of(directory, schemas).withRemoteSnapshots(RemoteSnapshots.REFUSED);
        try (RocksDbStore store = RocksDbStore.open(options)) {
            run(store.cells(), schemas);
        }
    }

    private static void run(CellStore cells, TransactionsSchemaMap schemas) throws Exception {
        LocalOracle oracle = new LocalOracle();
        ExecutorService threads = Executors.newCachedThreadPool();
        AtomicBoolean isOver = new AtomicBoolean();
        try (PeriodicTasks tasks = new ThreadedPeriodicTasks();
                TransactionalStore store =
                        new TransactionalStore(cells, schemas, oracle, TransactionSeams.system(tasks), patient())) {
            store.createTable(TABLE);
            store.createTable(OTHER);
            openAccounts(store);

            List<Future<?>> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                SplittableRandom random = new SplittableRandom(i);
                clients.add(threads.submit(() -> runClient(store, random)));
            }
            Future<?> auditor = threads.submit(() -> repeat(isOver, () -> audit(store)));
            Future<?> sweeper = threads.submit(() ->
                    repeat(isOver, () -> store.sweeper(SweepOptions.defaults()).sweepAll()));
            for (Future<?> client : clients) {
                client.get();
            }
            isOver.set(true);
            auditor.get();
            sweeper.get();

            assertThat(audit(store)).isEqualTo(CLIENTS * TRANSFERS_PER_CLIENT);
            assertThat(oracle.leases()).isEmpty();
            assertThat(store.sweeper(SweepOptions.defaults()).sweep(TABLE).cells())
                    .isEqualTo(ACCOUNTS);
            assertThat(store.sweeper(SweepOptions.defaults()).sweep(TABLE).deletedVersions())
                    .isZero();
        } finally {
            isOver.set(true);
            threads.shutdownNow();
        }
    }

    private static TransactionOptions patient() {
        TransactionOptions defaults = TransactionOptions.defaults();
        return defaults.withAttempts(200, defaults.maxBackOff());
    }

    private static void openAccounts(TransactionalStore store) {
        store.execute(transaction -> {
            for (int i = 0; i < ACCOUNTS; i++) {
                transaction.put(TABLE, cell("" + i), Bytes.ofLong(OPENING_BALANCE));
            }
            return null;
        });
    }

    private static void runClient(TransactionalStore store, SplittableRandom random) {
        for (int i = 0; i < TRANSFERS_PER_CLIENT; i++) {
            int from = random.nextInt(ACCOUNTS);
            int to = (from + 1 + random.nextInt(ACCOUNTS - 1)) % ACCOUNTS;
            long amount = random.nextLong(10);
            store.execute(transaction -> {
                add(transaction, from, -amount);
                add(transaction, to, amount);
                transaction.put(
                        OTHER,
                        Cell.of(Bytes.ofLong(transaction.startTimestamp()), Bytes.utf8("transfer")),
                        Bytes.utf8(from + " " + to + " " + amount));
                return null;
            });
        }
    }

    private static void add(Transaction transaction, int account, long amount) {
        long balance = transaction.get(TABLE, cell("" + account)).orElseThrow().toLong();
        transaction.put(TABLE, cell("" + account), Bytes.ofLong(balance + amount));
    }

    /** Compares the balances with the ledger in one transaction, and returns the number of transfers. */
    private static int audit(TransactionalStore store) {
        return store.execute(transaction -> {
            long[] balances = new long[ACCOUNTS];
            try (CloseableIterator<CellValue> scan = transaction.scan(TABLE, CellRange.all())) {
                scan.forEachRemaining(
                        found -> balances[Integer.parseInt(found.cell().row().toUtf8())] =
                                found.value().toLong());
            }
            long[] fromLedger = new long[ACCOUNTS];
            Arrays.fill(fromLedger, OPENING_BALANCE);
            int transfers = 0;
            try (CloseableIterator<CellValue> scan = transaction.scan(OTHER, CellRange.all())) {
                while (scan.hasNext()) {
                    String[] parts = scan.next().value().toUtf8().split(" ", -1);
                    fromLedger[Integer.parseInt(parts[0])] -= Long.parseLong(parts[2]);
                    fromLedger[Integer.parseInt(parts[1])] += Long.parseLong(parts[2]);
                    transfers++;
                }
            }
            assertThat(balances).isEqualTo(fromLedger);
            return transfers;
        });
    }

    private static void repeat(AtomicBoolean isOver, Runnable task) {
        while (!isOver.get()) {
            task.run();
        }
    }
}

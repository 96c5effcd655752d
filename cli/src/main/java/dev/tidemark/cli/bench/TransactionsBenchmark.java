package dev.tidemark.cli.bench;

import dev.tidemark.cli.bench.SideBySide.Measured;
import dev.tidemark.cli.output.HumanFormat;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.rocksdb.RocksDbOptions;
import dev.tidemark.kvs.rocksdb.RocksDbStore;
import dev.tidemark.kvs.transaction.TransactionEvents;
import dev.tidemark.kvs.transaction.TransactionOptions;
import dev.tidemark.kvs.transaction.TransactionSeams;
import dev.tidemark.kvs.transaction.TransactionalStore;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Runs the reference transactions on RocksDB, each of which reads a row, writes it and a new one, and commits durably; beside
 * RocksDB alone, which writes the same bytes in one batch with one sync.
 */
public final class TransactionsBenchmark implements Benchmark {
    private static final TransactionsSchemaMap SCHEMAS = TransactionsSchemaMap.always(3);
    private static final TableName TABLE = TableName.of("bench.accounts");
    private static final Bytes COLUMN = Bytes.utf8("balance");
    private static final int VALUE_BYTES = 100;
    private static final int KEY_BYTES = 30;
    private static final int ENTRY_BYTES = 4;
    private static final List<Integer> THREADS = List.of(1, 16);
    private static final int WARM_UP = 10;

    private final EngineSeams seams;
    private final Stopwatch stopwatch;
    private final Repetition repetition;

    /** Creates the benchmark; its threads come from the seams. */
    public TransactionsBenchmark(EngineSeams seams) {
        this.seams = seams;
        stopwatch = new Stopwatch(seams.monotonicClock());
        repetition = new Repetition(seams.workers());
    }

    @Override
    public String name() {
        return "transactions";
    }

    @Override
    public String summary() {
        return "Run transactions on RocksDB, each durable; beside writes of the same bytes with a sync.";
    }

    @Override
    public BenchmarkSize size() {
        return new BenchmarkSize("transactions", 20, 2_000, 5_000, 100_000_000);
    }

    @Override
    public List<Figure> run(BenchmarkSettings settings, BenchmarkProgress progress) throws InterruptedException {
        try (ArchiveInstallation installation = ArchiveInstallation.create(settings.directory(), seams);
                RocksDbStore store = RocksDbStore.open(
                        RocksDbOptions.of(installation.resolve("store"), SCHEMAS), seams.random(), seams.sleeper());
                TransactionalStore transactions = new TransactionalStore(
                        store.cells(),
                        SCHEMAS,
                        installation.oracle(),
                        transactionSeams(),
                        TransactionOptions.defaults());
                BareRocksDb bare = BareRocksDb.create(installation.resolve("bare"))) {
            transactions.createTable(TABLE);
            AtomicLong rows = new AtomicLong();
            AtomicLong keys = new AtomicLong();
            long warmUp = Math.max(1, settings.size() / WARM_UP);
            progress.begins("warming up");
            repetition.run(warmUp, 1, () -> transact(transactions, rows));
            repetition.run(warmUp, 1, () -> write(bare, keys));
            SideBySide sideBySide = new SideBySide(stopwatch, progress);
            List<Figure> figures = new ArrayList<>();
            for (int threads : THREADS) {
                String suffix = ", " + HumanFormat.count(threads, "thread");
                figures.add(sideBySide.rate(
                        "transactions/s",
                        new Measured(
                                "transactions" + suffix,
                                settings.size(),
                                () -> repetition.run(settings.size(), threads, () -> transact(transactions, rows))),
                        new Measured(
                                "bare writes with a sync" + suffix,
                                settings.size(),
                                () -> repetition.run(settings.size(), threads, () -> write(bare, keys)))));
            }
            return figures;
        }
    }

    private TransactionSeams transactionSeams() {
        return new TransactionSeams(
                seams.periodicTasks(),
                () -> new UUID(seams.random().nextLong(), seams.random().nextLong()),
                seams.monotonicClock(),
                seams.sleeper(),
                seams.random(),
                TransactionEvents.NONE);
    }

    /** No two transactions touch the same row: what is measured is the protocol and not the conflicts. */
    private static void transact(TransactionalStore transactions, AtomicLong rows) {
        Cell own = row(rows.incrementAndGet());
        Cell fresh = row(rows.incrementAndGet());
        transactions.execute(transaction -> {
            byte[] value = transaction.get(TABLE, own).map(Bytes::toArray).orElseGet(() -> new byte[VALUE_BYTES]);
            value[0]++;
            transaction.put(TABLE, own, Bytes.of(value));
            transaction.put(TABLE, fresh, Bytes.of(value));
            return true;
        });
    }

    private static Cell row(long number) {
        return Cell.of(Bytes.ofLong(Long.reverse(number)), COLUMN);
    }

    /** Two cells and the entry of the transaction. */
    private static void write(BareRocksDb bare, AtomicLong keys) {
        long number = keys.incrementAndGet();
        bare.writeSynced(List.of(
                Map.entry(key(2 * number), new byte[VALUE_BYTES]),
                Map.entry(key(2 * number + 1), new byte[VALUE_BYTES]),
                Map.entry(key(-number), new byte[ENTRY_BYTES])));
    }

    private static byte[] key(long number) {
        return Bytes.ofLong(Long.reverse(number))
                .concat(Bytes.wrap(new byte[KEY_BYTES - Long.BYTES]))
                .toArray();
    }
}

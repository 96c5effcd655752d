package dev.tidemark.cli.bench;

import dev.tidemark.cli.bench.SideBySide.Measured;
import dev.tidemark.cli.output.HumanFormat;
import dev.tidemark.coordinator.operation.EngineOptions;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.operation.ParallelWork;
import dev.tidemark.coordinator.restore.TransactionCleaner;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.rocksdb.RocksDbOptions;
import dev.tidemark.kvs.rocksdb.RocksDbOptions.CommitDurability;
import dev.tidemark.kvs.rocksdb.RocksDbStore;
import dev.tidemark.kvs.transactiontable.TransactionsEncoding;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** Cleans transactions tables of every schema on RocksDB: scans where there is nothing to abort, and where everything is. */
public final class CleanBenchmark implements Benchmark {
    private static final int SCHEMAS = 3;
    private static final int BATCH = 1_000;
    private static final String ENTRIES_PER_SECOND = "entries/s";
    private static final byte[] ABORTED = new byte[0];

    private final EngineSeams seams;
    private final Stopwatch stopwatch;

    /** Creates the benchmark; its threads come from the seams. */
    public CleanBenchmark(EngineSeams seams) {
        this.seams = seams;
        stopwatch = new Stopwatch(seams.monotonicClock());
    }

    @Override
    public String name() {
        return "clean";
    }

    @Override
    public String summary() {
        return "Scan and clean transactions tables on RocksDB; beside a bare iterator over the same table.";
    }

    @Override
    public BenchmarkSize size() {
        return new BenchmarkSize("entries", 100, 200_000, 1_000_000, 100_000_000);
    }

    @Override
    public List<Figure> run(BenchmarkSettings settings, BenchmarkProgress progress) throws InterruptedException {
        List<Figure> figures = new ArrayList<>();
        try (HeapWatch heap = HeapWatch.start()) {
            for (int schema = 1; schema <= SCHEMAS; schema++) {
                Path directory = settings.directory().resolve("schema-" + schema);
                progress.begins("filling a transactions table of schema " + schema);
                TimestampRange starts = fill(directory, schema, settings.size());
                figures.addAll(measure(directory, schema, starts, settings.size(), progress));
            }
            figures.add(heap.figure());
        }
        return figures;
    }

    private TimestampRange fill(Path directory, int schema, long entries) throws InterruptedException {
        AtomicLong timestamps = new AtomicLong();
        try (RocksDbStore store = open(directory, schema, CommitDurability.BUFFERED)) {
            new SampleCommits(store, TransactionsSchemaMap.always(schema), timestamps::incrementAndGet)
                    .writeEntries(entries);
        }
        return new TimestampRange(1, timestamps.get());
    }

    private List<Figure> measure(
            Path directory, int schema, TimestampRange starts, long entries, BenchmarkProgress progress)
            throws InterruptedException {
        TableName table = TransactionsEncoding.ofSchema(schema).table();
        int parallelism = EngineOptions.DEFAULT.parallelism();
        SideBySide sideBySide = new SideBySide(stopwatch, progress);
        try (RocksDbStore store = open(directory, schema, CommitDurability.SYNCED);
                BareRocksDb bare = BareRocksDb.readOnly(directory);
                BareRocksDb target = BareRocksDb.create(directory.resolveSibling("bare-" + schema))) {
            Measured iterator = new Measured(
                    "bare iterator, schema " + schema + ", 1 thread",
                    entries,
                    () -> requireAll(bare.scan(table), entries, "entries"));
            Measured writes = new Measured(
                    "bare iterator and writes, " + BATCH + " with a sync",
                    entries,
                    () -> copyAborted(bare, table, target));
            Filled filled = new Filled(store, schema, starts, entries);
            scan(filled, 1).action().run(); // the compiler must not be measured
            iterator.action().run();
            return List.of(
                    sideBySide.rate(ENTRIES_PER_SECOND, scan(filled, 1), iterator),
                    sideBySide.rate(ENTRIES_PER_SECOND, scan(filled, parallelism), iterator),
                    sideBySide.rate("aborts/s", abort(filled, parallelism), writes));
        }
    }

    /** Finds nothing to abort, and so ends after one pass. */
    private Measured scan(Filled filled, int threads) {
        return new Measured(
                "clean, nothing to abort, schema " + filled.schema + ", " + HumanFormat.count(threads, "thread"),
                filled.entries,
                () -> requireAll(
                        cleaner(filled, filled.starts.upper(), threads)
                                .clean(filled.starts)
                                .scanned(),
                        filled.entries,
                        "entries"));
    }

    /** Aborts everything, and scans the table once more. */
    private Measured abort(Filled filled, int threads) {
        return new Measured(
                "clean, all to abort, schema " + filled.schema + ", " + HumanFormat.count(threads, "thread"),
                filled.entries,
                () -> requireAll(
                        cleaner(filled, 1, threads).clean(filled.starts).aborted(), filled.entries, "aborts"));
    }

    private TransactionCleaner cleaner(Filled filled, long backupTimestamp, int threads) {
        return new TransactionCleaner(
                filled.store.transactionTable(),
                backupTimestamp,
                new ParallelWork(seams.workers(), threads),
                (scanned, aborted) -> {});
    }

    private static void copyAborted(BareRocksDb source, TableName table, BareRocksDb target) {
        List<Map.Entry<byte[], byte[]>> batch = new ArrayList<>(BATCH);
        source.scan(table, (key, value) -> {
            batch.add(Map.entry(key, ABORTED));
            if (batch.size() == BATCH) {
                target.writeSynced(batch);
                batch.clear();
            }
        });
        target.writeSynced(batch);
    }

    private static void requireAll(long done, long expected, String what) {
        if (done != expected) {
            throw new IllegalStateException(what + ": " + done + " (expected: " + expected + ")");
        }
    }

    private RocksDbStore open(Path directory, int schema, CommitDurability durability) {
        RocksDbOptions options = RocksDbOptions.of(directory, TransactionsSchemaMap.always(schema))
                .withCommitDurability(durability);
        return RocksDbStore.open(options, seams.random(), seams.sleeper());
    }

    /** An open store with entries in the interval. */
    private record Filled(RocksDbStore store, int schema, TimestampRange starts, long entries) {}
}

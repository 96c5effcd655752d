package dev.tidemark.cli.bench;

import dev.tidemark.cli.bench.SideBySide.Measured;
import dev.tidemark.coordinator.backup.BackupRequest;
import dev.tidemark.coordinator.engine.Coordinator;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.restore.RestorePoint;
import dev.tidemark.coordinator.rewind.RewindRequest;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.rocksdb.RocksDbOptions;
import dev.tidemark.kvs.rocksdb.RocksDbOptions.CommitDurability;
import dev.tidemark.kvs.rocksdb.RocksDbStore;
import dev.tidemark.kvs.transactiontable.TransactionsEncoding;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.nio.file.Path;
import java.util.List;

/** Rewinds a RocksDB store in place to the moment before a number of commits, with the engine as it is, and undoes it. */
public final class RewindBenchmark implements Benchmark {
    private static final int SCHEMA = 3;
    private static final TransactionsSchemaMap SCHEMAS = TransactionsSchemaMap.always(SCHEMA);
    private static final TableName TRANSACTIONS =
            TransactionsEncoding.ofSchema(SCHEMA).table();
    private static final int KEPT_COMMITS = 10;
    private static final String COMMITS_PER_SECOND = "commits/s";

    private final EngineSeams seams;
    private final Stopwatch stopwatch;

    /** Creates the benchmark; its threads come from the seams. */
    public RewindBenchmark(EngineSeams seams) {
        this.seams = seams;
        stopwatch = new Stopwatch(seams.monotonicClock());
    }

    @Override
    public String name() {
        return "rewind";
    }

    @Override
    public String summary() {
        return "Rewind commits in place on RocksDB, and undo it; beside a bare iterator over the transactions table.";
    }

    @Override
    public BenchmarkSize size() {
        return new BenchmarkSize("commits", 100, 100_000, 1_000_000, 100_000_000);
    }

    @Override
    public List<Figure> run(BenchmarkSettings settings, BenchmarkProgress progress) throws InterruptedException {
        long commits = settings.size();
        try (ArchiveInstallation installation = ArchiveInstallation.create(settings.directory(), seams);
                HeapWatch heap = HeapWatch.start()) {
            Path store = installation.resolve("store");
            Coordinator coordinator = installation.over(store);
            progress.begins("filling a store and backing it up");
            write(store, installation, KEPT_COMMITS);
            coordinator.backup(BackupRequest.of(ArchiveInstallation.NAMESPACE), OperationListener.NONE);
            RestorePoint target =
                    new RestorePoint.Timestamp(installation.oracle().freshTimestamp());
            progress.begins("filling the store");
            write(store, installation, commits);

            SideBySide sideBySide = new SideBySide(stopwatch, progress);
            Figure rewind = sideBySide.rate(
                    COMMITS_PER_SECOND,
                    new Measured("rewind", commits, () -> rewind(coordinator, target, commits)),
                    new Measured("bare iterator, 1 thread", commits + KEPT_COMMITS, () -> scan(store)));
            progress.begins("undo");
            double undoSeconds =
                    stopwatch.seconds(() -> coordinator.undo(ArchiveInstallation.NAMESPACE, OperationListener.NONE));
            return List.of(
                    rewind,
                    Figure.rate("undo", commits / undoSeconds, COMMITS_PER_SECOND, "rewind", rewind.value()),
                    heap.figure());
        }
    }

    private void write(Path directory, ArchiveInstallation installation, long commits) throws InterruptedException {
        RocksDbOptions options = RocksDbOptions.of(directory, SCHEMAS).withCommitDurability(CommitDurability.BUFFERED);
        try (RocksDbStore store = RocksDbStore.open(options, seams.random(), seams.sleeper())) {
            new SampleCommits(store, SCHEMAS, installation.oracle()::freshTimestamp).writeTransactions(commits);
        }
    }

    private static void rewind(Coordinator coordinator, RestorePoint target, long commits) {
        long aborted = coordinator
                .rewind(new RewindRequest(ArchiveInstallation.NAMESPACE, target), OperationListener.NONE)
                .abortedCommits();
        if (aborted != commits) {
            throw new IllegalStateException("aborted commits: " + aborted + " (expected: " + commits + ")");
        }
    }

    private static void scan(Path store) {
        try (BareRocksDb bare = BareRocksDb.readOnly(store)) {
            bare.scan(TRANSACTIONS);
        }
    }
}

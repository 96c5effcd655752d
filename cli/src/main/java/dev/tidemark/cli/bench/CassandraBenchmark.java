package dev.tidemark.cli.bench;

import dev.tidemark.cli.bench.SideBySide.Measured;
import dev.tidemark.coordinator.backup.BackupReport;
import dev.tidemark.coordinator.backup.BackupRequest;
import dev.tidemark.coordinator.engine.Coordinator;
import dev.tidemark.coordinator.operation.EngineOptions;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.operation.ParallelWork;
import dev.tidemark.coordinator.restore.ExistingData;
import dev.tidemark.coordinator.restore.RestoreRequest;
import dev.tidemark.coordinator.restore.TransactionCleaner;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.cassandra.CassandraConnector;
import dev.tidemark.kvs.cassandra.node.CassandraNode;
import dev.tidemark.kvs.cassandra.node.CassandraNodeOptions;
import dev.tidemark.kvs.cassandra.node.jmx.NodeJmx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;

/** Backs up, restores and cleans keyspaces that it makes on a cluster of one node; beside esop, a plain copy and the bare driver. */
public final class CassandraBenchmark implements Benchmark {
    private static final String KEYSPACE = "tidemark_bench";
    private static final TableName TABLE = TableName.of("bench__documents");
    private static final int SCHEMA_OF_DOCUMENTS = 3;
    private static final int VALUE_BYTES = 1_000;
    private static final int CELLS_PER_WRITE = 200;
    /** Schema 2 is cleaned as schema 1 is, in the table of schema 3. */
    private static final List<Integer> CLEANED = List.of(1, 3);

    private static final String TAG = "tidemark-bench";
    private static final Map<Integer, Long> MAX_ABORTS = Map.of(1, 50_000L, 3, 500_000L);
    private static final int ABORTED_PART = 5;
    private static final String ENTRIES_PER_SECOND = "entries/s";

    private final EngineSeams seams;
    private final CassandraTarget target;
    private final ParallelWork work;
    private final Stopwatch stopwatch;

    /** Creates the benchmark; its threads come from the seams. */
    public CassandraBenchmark(EngineSeams seams, CassandraTarget target) {
        this.seams = seams;
        this.target = target;
        this.work = new ParallelWork(seams.workers(), EngineOptions.DEFAULT.parallelism());
        this.stopwatch = new Stopwatch(seams.monotonicClock());
    }

    @Override
    public String name() {
        return "cassandra";
    }

    @Override
    public String summary() {
        return "Back up, restore and clean on a Cassandra node; beside esop, a plain copy and the bare driver.";
    }

    @Override
    public BenchmarkSize size() {
        return new BenchmarkSize(BenchmarkSize.BYTES, 1L << 20, 64L << 20, 1L << 30, 1L << 40);
    }

    @Override
    public List<Figure> run(BenchmarkSettings settings, BenchmarkProgress progress) throws InterruptedException {
        List<Figure> figures = new ArrayList<>();
        List<String> names = Stream.concat(Stream.of(KEYSPACE), CLEANED.stream().map(CassandraBenchmark::nameOf))
                .toList();
        SampleKeyspace.requireNone(target, names, seams.sleeper());
        try (HeapWatch heap = HeapWatch.start();
                NodeJmx jmx = new NodeJmx(target.jmxOptions(), hostId -> {})) {
            try (SampleKeyspace keyspace = SampleKeyspace.create(
                            target, KEYSPACE, SCHEMA_OF_DOCUMENTS, settings.directory(), seams.sleeper());
                    ArchiveInstallation installation = ArchiveInstallation.create(settings.directory(), seams)) {
                progress.begins("filling a keyspace with " + size().format(settings.size()));
                fill(keyspace, settings);
                try {
                    figures.addAll(new Pass(keyspace, installation, jmx, progress).run());
                } finally {
                    jmx.clearSnapshot(keyspace.name(), ""); // all of them: they would outlive the keyspace
                }
            }
            for (int schema : CLEANED) {
                try (SampleKeyspace keyspace =
                        SampleKeyspace.create(target, nameOf(schema), schema, settings.directory(), seams.sleeper())) {
                    figures.addAll(clean(keyspace, schema, jmx, progress));
                }
            }
            figures.add(heap.figure());
        }
        return figures;
    }

    private static String nameOf(int schema) {
        return KEYSPACE + "_" + schema;
    }

    private static void fill(SampleKeyspace keyspace, BenchmarkSettings settings) throws InterruptedException {
        keyspace.cells().createTable(TABLE);
        keyspace.stopCompaction(TABLE); // a node that writes its files anew is not quiet
        Random random = new Random(settings.seed());
        long cells = Math.max(1, settings.size() / VALUE_BYTES);
        Map<Cell, Bytes> some = new HashMap<>();
        for (long i = 0; i < cells; i++) {
            byte[] value = new byte[VALUE_BYTES];
            random.nextBytes(value);
            some.put(Cell.of(Bytes.ofLong(Long.reverse(i)), Bytes.utf8("c")), Bytes.wrap(value));
            if (some.size() == CELLS_PER_WRITE || i == cells - 1) {
                keyspace.cells().put(TABLE, some, 1 + i);
                some.clear();
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
        }
    }

    private List<Figure> clean(SampleKeyspace keyspace, int schema, NodeJmx jmx, BenchmarkProgress progress)
            throws InterruptedException {
        SampleEntries entries = new SampleEntries(keyspace, schema, target.entries());
        progress.begins("filling a transactions table of schema " + schema);
        entries.fill();
        jmx.takeSnapshot(keyspace.name(), TAG); // what is in memory goes to the disk
        jmx.clearSnapshot(keyspace.name(), TAG);
        long aborts = Math.max(1, Math.min(entries.count() / ABORTED_PART, MAX_ABORTS.get(schema)));
        String threads = ", " + work.parallelism() + " threads";
        Measured scan = new Measured(
                "clean, nothing to abort, schema " + schema + threads,
                entries.count(),
                () -> requireAll(
                        cleaner(keyspace, entries.lastCommit())
                                .clean(entries.starts())
                                .scanned(),
                        entries.count()));
        Measured bareScan = new Measured(
                "bare driver, one query", entries.count(), () -> requireAll(entries.scan(), entries.count()));
        TimestampRange last = entries.lastStarts(aborts);
        Measured abort = new Measured(
                "clean, all to abort, schema " + schema + threads,
                aborts,
                () -> requireAll(cleaner(keyspace, last.lower() - 1).clean(last).aborted(), aborts));
        Measured bareAbort = new Measured("bare driver, aborts alone", aborts, () -> abort(entries, aborts));
        SideBySide sideBySide = new SideBySide(stopwatch, progress);
        return List.of(
                sideBySide.rate(ENTRIES_PER_SECOND, scan, bareScan), sideBySide.rate("aborts/s", abort, bareAbort));
    }

    private static void abort(SampleEntries entries, long count) {
        try {
            entries.abort(count);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private TransactionCleaner cleaner(SampleKeyspace keyspace, long backupTimestamp) {
        return new TransactionCleaner(keyspace.transactionTable(), backupTimestamp, work, (scanned, aborted) -> {});
    }

    private static void requireAll(long done, long expected) {
        if (done != expected) {
            throw new IllegalStateException("entries: " + done + " (expected: " + expected + ")");
        }
    }

    /** Snapshot, backup and restore of the documents, in order. */
    private final class Pass {
        private final SampleKeyspace keyspace;
        private final ArchiveInstallation installation;
        private final NodeJmx jmx;
        private final BenchmarkProgress progress;
        private final Esop esop;
        private int copies;

        private Pass(
                SampleKeyspace keyspace, ArchiveInstallation installation, NodeJmx jmx, BenchmarkProgress progress) {
            this.keyspace = keyspace;
            this.installation = installation;
            this.jmx = jmx;
            this.progress = progress;
            this.esop = target.esop() == null
                    ? null
                    : new Esop(target, installation.resolve("esop"), keyspace.name() + "." + TABLE);
        }

        private List<Figure> run() throws InterruptedException {
            jmx.takeSnapshot(keyspace.name(), TAG + "-flushed");
            jmx.clearSnapshot(keyspace.name(), TAG + "-flushed");
            List<Figure> figures = new ArrayList<>(List.of(snapshot()));
            List<Path> files = files();
            long bytes = files.stream().mapToLong(CassandraBenchmark::sizeOf).sum();
            try (CassandraNode node = CassandraNode.open(
                    CassandraNodeOptions.of(keyspace.name(), target.jmxOptions(), List.of(target.dataDirectory()))
                            .withStateDirectory(installation.resolve("agent")),
                    (schemas, seen) -> keyspace.transactionTable().abortAll(seen),
                    seams.sleeper())) {
                Coordinator coordinator = installation.over(new CassandraConnector(
                        target::cql,
                        keyspace.name(),
                        Map.of(),
                        installation.resolve("scratch"),
                        () -> List.of(node),
                        seams.sleeper()));
                double copy = plainCopy(files);
                BackupReport[] report = new BackupReport[1];
                double first = seconds("first backup", () -> report[0] = backUp(coordinator));
                double esopFirst = esop == null ? 0 : seconds("first backup, esop", () -> esop.backUp("first"));
                double second = seconds("backup, nothing changed", () -> report[0] = backUp(coordinator));
                double esopSecond =
                        esop == null ? 0 : seconds("backup, nothing changed, esop", () -> esop.backUp("second"));
                double restore = seconds(
                        "restore",
                        () -> coordinator.restore(
                                new RestoreRequest(ArchiveInstallation.NAMESPACE, report[0].backupId())
                                        .with(ExistingData.REPLACE),
                                OperationListener.NONE));
                double esopRestore = esop == null ? 0 : seconds("restore, esop", () -> esop.restore("second"));
                copy += plainCopy(files);
                figures.add(rate("first backup", bytes / first, "plain copy with fsync", 2 * bytes / copy));
                figures.add(rate("restore", bytes / restore, "plain copy with fsync", 2 * bytes / copy));
                figures.add(rate("backup, nothing changed", bytes / second, "first backup", bytes / first));
                if (esop != null) {
                    figures.add(rate("first backup", bytes / first, "esop", bytes / esopFirst));
                    figures.add(rate("backup, nothing changed", bytes / second, "esop", bytes / esopSecond));
                    figures.add(rate("restore", bytes / restore, "esop, four phases", bytes / esopRestore));
                }
            }
            return figures;
        }

        /** The call alone, on a connection that is there, of a node whose memory was written before. */
        private Figure snapshot() throws InterruptedException {
            jmx.identity();
            double question = seconds("a question over JMX", jmx::identity);
            double snapshot = seconds("a snapshot of a quiet node", () -> jmx.takeSnapshot(keyspace.name(), TAG));
            jmx.clearSnapshot(keyspace.name(), TAG);
            return Figure.cost(
                    "snapshot of a quiet node",
                    snapshot * 1_000,
                    Figure.MILLISECONDS,
                    "a question over JMX",
                    question * 1_000);
        }

        private BackupReport backUp(Coordinator coordinator) {
            return coordinator.backup(BackupRequest.of(ArchiveInstallation.NAMESPACE), OperationListener.NONE);
        }

        private double plainCopy(List<Path> files) throws InterruptedException {
            Path copy = installation.resolve("copy-" + copies++);
            double seconds = seconds("plain copy", () -> new PlainCopy(work).copy(files, copy));
            files.forEach(file -> delete(copy.resolve(file.getFileName())));
            return seconds;
        }

        private double seconds(String what, Runnable action) throws InterruptedException {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            progress.begins(what);
            return stopwatch.seconds(action);
        }

        /** Returns copies' sources that stay: a snapshot, since the node may compact the files themselves away. */
        private List<Path> files() {
            jmx.takeSnapshot(keyspace.name(), TAG + "-files");
            try (Stream<Path> tables = Files.list(target.dataDirectory().resolve(keyspace.name()))) {
                List<Path> files = new ArrayList<>();
                for (Path table : tables.filter(
                                path -> path.getFileName().toString().startsWith(TABLE + "-"))
                        .toList()) {
                    Path snapshot = table.resolve("snapshots").resolve(TAG + "-files");
                    if (Files.isDirectory(snapshot)) {
                        try (Stream<Path> found = Files.list(snapshot)) {
                            files.addAll(found.filter(Files::isRegularFile).toList());
                        }
                    }
                }
                return files;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private Figure rate(String name, double value, String baseline, double baselineValue) {
            return Figure.rate(name, value, Figure.BYTES_PER_SECOND, baseline, baselineValue);
        }
    }

    private static long sizeOf(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

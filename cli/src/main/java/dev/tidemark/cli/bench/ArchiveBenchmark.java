package dev.tidemark.cli.bench;

import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.backup.BackupReport;
import dev.tidemark.coordinator.backup.BackupRequest;
import dev.tidemark.coordinator.engine.Coordinator;
import dev.tidemark.coordinator.operation.EngineOptions;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.operation.ParallelWork;
import dev.tidemark.coordinator.restore.RestoreRequest;
import dev.tidemark.coordinator.verify.ArchiveVerifier;
import dev.tidemark.coordinator.verify.VerificationLevel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Backs up, verifies and restores a RocksDB store with the engine as it is: real files, an archive on the same filesystem, an
 * oracle with a durable bound.
 *
 * <p>A baseline that varies (a copy, a bare loop) is measured right before and right after what it is compared to, and the two
 * are taken together, so that a machine that becomes slower or faster meanwhile does not decide.
 */
public final class ArchiveBenchmark implements Benchmark {
    private static final long WARM_UP_BYTES = 96L << 20;
    private static final double CHANGED_PART = 0.01;

    private final EngineSeams seams;
    private final ParallelWork work;
    private final Stopwatch stopwatch;

    /** Creates the benchmark; its threads come from the seams. */
    public ArchiveBenchmark(EngineSeams seams) {
        this.seams = seams;
        work = new ParallelWork(seams.workers(), EngineOptions.DEFAULT.parallelism());
        stopwatch = new Stopwatch(seams.monotonicClock());
    }

    @Override
    public String name() {
        return "archive";
    }

    @Override
    public String summary() {
        return "Back up, verify and restore a RocksDB store; beside a plain copy and a bare loop over the same files.";
    }

    @Override
    public BenchmarkSize size() {
        return new BenchmarkSize(BenchmarkSize.BYTES, 1L << 20, 256L << 20, 1L << 30, 1L << 40);
    }

    @Override
    public List<Figure> run(BenchmarkSettings settings, BenchmarkProgress progress) throws InterruptedException {
        try (ArchiveInstallation installation = ArchiveInstallation.create(settings.directory(), seams);
                HeapWatch heap = HeapWatch.start()) {
            SampleStore store =
                    new SampleStore(installation.resolve("store"), installation.oracle(), seams, settings.seed());
            progress.begins("filling a store with " + size().format(settings.size()));
            store.fill(settings.size());
            return new Pass(installation, store, progress).run(settings.size(), heap);
        }
    }

    private String threads() {
        return ", " + work.parallelism() + " threads";
    }

    /** What is measured in one repeat, in order. */
    private final class Pass {
        private final ArchiveInstallation installation;
        private final SampleStore store;
        private final BenchmarkProgress progress;
        private final BareLoop bareLoop;
        private final List<Path> files;
        private final long fileBytes;
        private int copies;

        private Pass(ArchiveInstallation installation, SampleStore store, BenchmarkProgress progress) {
            this.installation = installation;
            this.store = store;
            this.progress = progress;
            bareLoop = new BareLoop(work, installation.chunkSizeBytes());
            files = store.files();
            fileBytes = files.stream().mapToLong(Pass::sizeOf).sum();
        }

        private List<Figure> run(long size, HeapWatch heap) throws InterruptedException {
            Coordinator coordinator = installation.over(store.directory());
            warmUp();

            double bareSeconds = bareLoop();
            double copySeconds = plainCopy();
            BackupTiming first = backUp("the first backup", coordinator);
            bareSeconds += bareLoop();
            BackupTiming second = backUp("a backup of the unchanged store", coordinator);

            List<BareLoop.Piece> sealed = bareLoop.seal(files, installation.resolve("sealed"));
            double openSeconds = openLoop(sealed);
            double verifySeconds = verify();
            openSeconds += openLoop(sealed);
            delete(installation.resolve("sealed"));

            double restoreSeconds = restore(second.report);
            copySeconds += plainCopy();
            store.change((long) (size * CHANGED_PART));
            BackupTiming third = backUp("a backup after a change of 1 %", coordinator);

            double firstRate = first.rate();
            double copyRate = 2 * fileBytes / copySeconds;
            String bare = "bare loop: SHA-256, zstd, AES-GCM" + threads();
            String open = "bare loop: AES-GCM, zstd, SHA-256" + threads();
            String copy = "plain copy with fsync" + threads();
            long raw = first.report.rawBytes() + second.report.rawBytes() + third.report.rawBytes();
            long stored = first.report.storedBytes() + second.report.storedBytes() + third.report.storedBytes();
            return List.of(
                    rate("first backup", firstRate, bare, 2 * fileBytes / bareSeconds),
                    rate("first backup", firstRate, copy, copyRate),
                    rate("backup, nothing changed", second.rate(), "first backup", firstRate),
                    rate("backup, 1 % changed", third.rate(), "first backup", firstRate),
                    rate("restore", second.report.rawBytes() / restoreSeconds, "first backup", firstRate),
                    rate("restore", second.report.rawBytes() / restoreSeconds, copy, copyRate),
                    rate(
                            "verification, level 2",
                            second.report.rawBytes() / verifySeconds,
                            open,
                            2 * fileBytes / openSeconds),
                    cost("stored, first backup", first.report.storedBytes(), "its files", first.report.rawBytes()),
                    cost("stored, three backups", stored, "their files", raw),
                    heap.figure());
        }

        /** The compiler must not be measured: baselines come first, and would pay for all. */
        private void warmUp() {
            progress.begins("warming up");
            long bytes = 0;
            int count = 0;
            while (count < files.size() && bytes < WARM_UP_BYTES) {
                bytes += sizeOf(files.get(count));
                count++;
            }
            List<Path> some = files.subList(0, count);
            Path sealed = installation.resolve("warm-up");
            bareLoop.decrypt(bareLoop.seal(some, sealed));
            delete(sealed);
        }

        private double bareLoop() {
            progress.begins("bare loop over the files");
            return stopwatch.seconds(() -> bareLoop.encrypt(files));
        }

        private double openLoop(List<BareLoop.Piece> sealed) {
            progress.begins("bare loop over encrypted files");
            return stopwatch.seconds(() -> bareLoop.decrypt(sealed));
        }

        private double plainCopy() {
            progress.begins("plain copy");
            Path target = installation.resolve("copy-" + copies++);
            double seconds = stopwatch.seconds(() -> new PlainCopy(work).copy(files, target));
            files.forEach(file -> delete(target.resolve(file.getFileName())));
            return seconds;
        }

        private BackupTiming backUp(String what, Coordinator coordinator) {
            progress.begins(what);
            BackupReport[] report = new BackupReport[1];
            double seconds = stopwatch.seconds(() -> report[0] =
                    coordinator.backup(BackupRequest.of(ArchiveInstallation.NAMESPACE), OperationListener.NONE));
            return new BackupTiming(report[0], seconds);
        }

        private double verify() {
            progress.begins("verification of level 2");
            return stopwatch.seconds(() -> {
                NamespaceArchive archive = installation.namespaceArchive();
                ArchiveVerifier verifier =
                        new ArchiveVerifier(archive, VerificationLevel.CONTENT, work, (done, total) -> {});
                if (!verifier.verify(verifier.backupIds()).isGood()) {
                    throw new IllegalStateException("the backups are damaged");
                }
            });
        }

        private double restore(BackupReport backup) {
            progress.begins("restore");
            Coordinator target = installation.over(installation.resolve("restored"));
            return stopwatch.seconds(() -> target.restore(
                    new RestoreRequest(ArchiveInstallation.NAMESPACE, backup.backupId()), OperationListener.NONE));
        }

        private Figure rate(String name, double value, String baseline, double baselineValue) {
            return Figure.rate(name, value, Figure.BYTES_PER_SECOND, baseline, baselineValue);
        }

        private Figure cost(String name, double value, String baseline, double baselineValue) {
            return Figure.cost(name, value, Figure.BYTES, baseline, baselineValue);
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

    /** A backup and how long it took from the call to the answer. */
    private record BackupTiming(BackupReport report, double seconds) {
        private double rate() {
            return report.rawBytes() / seconds;
        }
    }
}

package dev.tidemark.cli.bench;

import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.ArchiveSeams;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.filesystem.FilesystemObjectStore;
import dev.tidemark.coordinator.archive.key.ArchiveKey;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.coordinator.garbage.GarbageOptions;
import dev.tidemark.coordinator.garbage.GarbagePlan;
import dev.tidemark.coordinator.garbage.GarbagePlanner;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.verify.ArchiveVerifier;
import dev.tidemark.coordinator.verify.VerificationLevel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;

/**
 * Lists an archive of very many objects in a directory, verifies it at level 1 and plans a garbage collection, beside a bare walk over the
 * same files before and after, which looks at each file once and does nothing else.
 */
public final class ObjectsBenchmark implements Benchmark {
    private static final String NAMESPACE = "bench";
    private static final int KEY_BYTES = 32;
    private static final String OBJECTS_PER_SECOND = "objects/s";

    private final EngineSeams seams;
    private final Stopwatch stopwatch;

    /** Creates the benchmark. */
    public ObjectsBenchmark(EngineSeams seams) {
        this.seams = seams;
        stopwatch = new Stopwatch(seams.monotonicClock());
    }

    @Override
    public String name() {
        return "objects";
    }

    @Override
    public String summary() {
        return "List, verify and plan to clean an archive of many tiny objects; beside a bare walk over its files.";
    }

    @Override
    public BenchmarkSize size() {
        return new BenchmarkSize("objects", 1_000, 100_000, 1_000_000, 10_000_000);
    }

    @Override
    public List<Figure> run(BenchmarkSettings settings, BenchmarkProgress progress) {
        Path directory = settings.directory().resolve("archive");
        byte[] secret = new byte[KEY_BYTES];
        seams.random().nextBytes(secret);
        int garbage = make(directory, secret, settings, progress);
        try (HeapWatch heap = HeapWatch.start()) {
            return measure(directory, secret, garbage, heap, progress);
        }
    }

    private int make(Path directory, byte[] secret, BenchmarkSettings settings, BenchmarkProgress progress) {
        ObjectStore store = FilesystemObjectStore.open(directory, seams.random());
        try (ArchiveKey key = ArchiveKey.keyFile(secret)) {
            Archive.create(store, key, archiveSeams()).createNamespace(NAMESPACE);
        }
        NamespaceArchive archive = open(new FastFiles(directory, store), secret);
        return new ManyPacks(archive, seams.clock().instant(), settings.seed()).write((int) settings.size(), progress);
    }

    private List<Figure> measure(
            Path directory, byte[] secret, int garbage, HeapWatch heap, BenchmarkProgress progress) {
        ObjectStore store = FilesystemObjectStore.open(directory, seams.random());
        long[] objects = new long[1];
        double walk = bareWalk(directory, progress);
        progress.begins("list");
        double list = stopwatch.seconds(() -> store.forEach("", info -> objects[0]++));
        progress.begins("verification of level 1");
        double verify = stopwatch.seconds(() -> verify(open(store, secret)));
        progress.begins("plan of a garbage collection");
        double plan = stopwatch.seconds(() -> plan(open(store, secret), garbage));
        walk = (walk + bareWalk(directory, progress)) / 2;
        double walkRate = objects[0] / walk;
        return List.of(
                rate("list", objects[0] / list, walkRate),
                rate("verification, level 1", objects[0] / verify, walkRate),
                rate("plan of gc", objects[0] / plan, walkRate),
                Figure.cost("all three", list + verify + plan, "s", "bare walk", walk),
                heap.figure());
    }

    private static Figure rate(String name, double value, double walk) {
        return Figure.rate(name, value, OBJECTS_PER_SECOND, "bare walk", walk);
    }

    private double bareWalk(Path directory, BenchmarkProgress progress) {
        progress.begins("bare walk over the files");
        return stopwatch.seconds(() -> {
            try {
                Files.walkFileTree(directory, new Sizes());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static void verify(NamespaceArchive archive) {
        ArchiveVerifier verifier = new ArchiveVerifier(archive, VerificationLevel.EXISTENCE, (done, total) -> {});
        if (!verifier.verify(verifier.backupIds()).isGood()) {
            throw new IllegalStateException("the backups are damaged");
        }
    }

    private void plan(NamespaceArchive archive, int garbage) {
        GarbagePlan plan = new GarbagePlanner(archive)
                .plan(GarbageOptions.DEFAULT.grace(), seams.clock().instant());
        if (plan.newObjects() != garbage) {
            throw new IllegalStateException(plan + " (expected: " + garbage + " new objects)");
        }
    }

    private NamespaceArchive open(ObjectStore store, byte[] secret) {
        try (ArchiveKey key = ArchiveKey.keyFile(secret)) {
            return Archive.open(store, key, archiveSeams()).namespace(NAMESPACE);
        }
    }

    private ArchiveSeams archiveSeams() {
        return new ArchiveSeams(seams.clock(), seams.random(), seams.workers());
    }

    /** Adds up the sizes of all files. */
    private static final class Sizes extends SimpleFileVisitor<Path> {
        private long bytes;

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            bytes += attributes.size();
            return FileVisitResult.CONTINUE;
        }
    }
}

package dev.tidemark.cli.bench;

import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.ArchiveSeams;
import dev.tidemark.coordinator.archive.filesystem.FilesystemObjectStore;
import dev.tidemark.coordinator.archive.key.ArchiveKey;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.coordinator.operation.EngineSeams;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Starts the service over an archive of many namespaces and backups, and asks it what a dashboard asks, beside a service with one
 * namespace of one backup.
 */
public final class ServiceBenchmark implements Benchmark {
    private static final int NAMESPACES = 200;
    private static final String BASELINE = "1 namespace";

    private final EngineSeams seams;

    /** Creates the benchmark. */
    public ServiceBenchmark(EngineSeams seams) {
        this.seams = seams;
    }

    @Override
    public String name() {
        return "service";
    }

    @Override
    public String summary() {
        return "Start the service with 200 namespaces and look at them; beside a service with one.";
    }

    @Override
    public BenchmarkSize size() {
        return new BenchmarkSize("backups", NAMESPACES, 2_000, 10_000, 100_000);
    }

    @Override
    public List<Figure> run(BenchmarkSettings settings, BenchmarkProgress progress) throws InterruptedException {
        Path one = make(settings.directory().resolve("one"), 1, 1, progress);
        Path many = make(
                settings.directory().resolve("many"),
                NAMESPACES,
                Math.toIntExact((settings.size() + NAMESPACES - 1) / NAMESPACES),
                progress);
        List<Figure> figures = new ArrayList<>();
        progress.begins("asking a service with one namespace");
        Map<String, Double> baseline = ServiceUnderLoad.measure(one, seams);
        progress.begins("asking a service with " + NAMESPACES + " namespaces");
        try (HeapWatch heap = HeapWatch.start()) {
            ServiceUnderLoad.measure(many, seams)
                    .forEach((name, value) ->
                            figures.add(Figure.cost(name, value, Figure.MILLISECONDS, BASELINE, baseline.get(name))));
            figures.add(heap.figure());
        }
        return figures;
    }

    /** Returns the configuration of a service. */
    private Path make(Path directory, int namespaces, int backups, BenchmarkProgress progress) {
        byte[] secret = new byte[32];
        seams.random().nextBytes(secret);
        try {
            Path root = Files.createDirectories(directory.resolve("archive"));
            Path configuration = ServiceUnderLoad.configure(directory, secret, namespaces, seams.random());
            ObjectStore store = FilesystemObjectStore.open(root, seams.random());
            ArchiveSeams archiveSeams = new ArchiveSeams(seams.clock(), seams.random(), seams.workers());
            try (ArchiveKey key = ArchiveKey.keyFile(secret)) {
                Archive.create(store, key, archiveSeams);
                Archive archive = Archive.open(new FastFiles(root, store), key, archiveSeams);
                for (int i = 0; i < namespaces; i++) {
                    progress.begins("making an archive: namespace " + (i + 1) + " of " + namespaces);
                    new ManyBackups(archive.createNamespace(ServiceUnderLoad.namespace(i)))
                            .write(backups, seams.clock().instant());
                }
            }
            return configuration;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

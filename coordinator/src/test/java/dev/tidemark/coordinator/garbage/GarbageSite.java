package dev.tidemark.coordinator.garbage;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.SampleArchive;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore;
import dev.tidemark.coordinator.archive.object.ObjectInfo;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.operation.Operations;
import dev.tidemark.coordinator.operation.ParallelWork;
import dev.tidemark.coordinator.operation.VirtualTime;
import dev.tidemark.coordinator.retention.ExpireOperation;
import dev.tidemark.coordinator.retention.RetentionPlanner;
import dev.tidemark.coordinator.retention.RetentionPolicy;
import dev.tidemark.coordinator.verify.ArchiveVerifier;
import dev.tidemark.coordinator.verify.VerificationLevel;
import dev.tidemark.coordinator.verify.VerificationReport;
import dev.tidemark.kvs.time.PeriodicTasks;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** An archive in memory with processes that expire, collect and can die, in virtual time. */
public final class GarbageSite {
    /** Keeps the newest alone. */
    public static final RetentionPolicy LAST =
            new RetentionPolicy(1, 0, 0, 0, 0, 0, Duration.ZERO, Duration.ZERO, Duration.ZERO, ZoneId.of("UTC"));

    /** Repacks nothing. */
    public static final GarbageOptions OPTIONS = new GarbageOptions(Duration.ofHours(24), 0, 0);

    public final InMemoryObjectStore objects = new InMemoryObjectStore();
    public final VirtualTime time = new VirtualTime();
    public NamespaceArchive archive = SampleArchive.create(objects, "orders");
    private final Random random = new Random(5);
    private long seed = 100;

    /** Takes a backup without an operation, of files with random content by seed. */
    public void backup(String backupId, int... seeds) {
        SampleArchive.backup(reopened(), backupId, files(seeds));
    }

    /** Removes backups as an operation. */
    public void expire(String... backupIds) {
        Process process = process();
        try (ExpireOperation operation = new ExpireOperation(archive, process.seams)) {
            operation.run(
                    () -> new RetentionPlanner(archive).plan(LAST, time.instant(), List.of(backupIds)),
                    process.operations,
                    OperationListener.NONE);
        }
        process.die();
    }

    /** Collects garbage. */
    public GarbageReport collect() {
        return collect(OPTIONS);
    }

    public GarbageReport collect(GarbageOptions options) {
        Process process = process();
        try (GarbageOperation operation = process.collection()) {
            return operation.run(options, process.operations, OperationListener.NONE);
        } finally {
            process.die();
        }
    }

    /** Begins a new data key. */
    public void rotateKey() {
        Archive.open(objects, SampleArchive.key(), SampleArchive.seams(++seed)).rotateDataKey("orders");
        archive = reopened();
    }

    /** Starts a process, which knows nothing but the archive. */
    public Process process() {
        return new Process();
    }

    /** Opens the namespace as another process would. */
    public NamespaceArchive reopened() {
        return Archive.open(objects, SampleArchive.key(), SampleArchive.seams(++seed))
                .namespace("orders");
    }

    /** Reads every byte of every backup. */
    public VerificationReport verify() {
        ArchiveVerifier verifier = new ArchiveVerifier(reopened(), VerificationLevel.CONTENT, (done, total) -> {});
        return verifier.verify(verifier.backupIds());
    }

    /** Restores a backup and compares. */
    public void assertHolds(String backupId, int... seeds) {
        Map<String, byte[]> expected = files(seeds);
        Map<String, byte[]> restored = SampleArchive.restore(reopened(), backupId);
        assertThat(restored.keySet()).isEqualTo(expected.keySet());
        expected.forEach((path, content) -> assertThat(restored.get(path)).isEqualTo(content));
    }

    /** Returns the number of objects below a prefix of the namespace. */
    public int count(String prefix) {
        int[] count = new int[1];
        archive.forEachKey(prefix, key -> count[0]++);
        return count[0];
    }

    /** Returns all objects. */
    public List<ObjectInfo> list() {
        return objects.list("", "", 1_000);
    }

    private static Map<String, byte[]> files(int... seeds) {
        Map<String, byte[]> files = new TreeMap<>();
        for (int seed : seeds) {
            files.put("sst/" + seed, SampleArchive.randomBytes(seed, 5_000));
        }
        return files;
    }

    /** A process with its background tasks. */
    public final class Process {
        final PeriodicTasks tasks = time.process();
        final EngineSeams seams = new EngineSeams(time, time, time, tasks, Runnable::run, random, "test");
        public final Operations operations = new Operations(archive, Duration.ofSeconds(15), seams);

        /** Returns what the process lives on. */
        public EngineSeams seams() {
            return seams;
        }

        GarbageOperation collection() {
            return new GarbageOperation(archive, seams, new ParallelWork(Runnable::run, 1));
        }

        /** Ends its background tasks; its lock runs out. */
        public void die() {
            tasks.close();
        }
    }
}

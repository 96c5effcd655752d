package dev.tidemark.coordinator.service.watch;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.SampleArchive;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore;
import dev.tidemark.coordinator.archive.object.ObjectInfo;
import dev.tidemark.coordinator.catalog.Catalog;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.operation.Operations;
import dev.tidemark.coordinator.operation.VirtualTime;
import dev.tidemark.coordinator.service.operations.OrderBooks;
import dev.tidemark.coordinator.service.view.NamespaceView;
import dev.tidemark.coordinator.status.LockWatch;
import dev.tidemark.coordinator.status.Objectives;
import dev.tidemark.coordinator.status.StatusReader;
import dev.tidemark.kvs.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Executor;

/** An archive with namespaces {@code a} and {@code b}, and a watch over it whose time passes when a test says so. */
public final class WatchSite {
    /** How often the watch reads. */
    public static final Duration INTERVAL = Duration.ofMinutes(1);

    private static final Duration LEASE = Duration.ofSeconds(15);

    public final VirtualTime time = new VirtualTime();
    public final InMemoryObjectStore store = new InMemoryObjectStore();
    public final Archive archive = Archive.create(store, SampleArchive.key(), SampleArchive.seams(1));
    public final EngineSeams seams;
    public final NamespaceWatch watch;
    public final CoverageWatch coverage;

    private final Deque<Runnable> held = new ArrayDeque<>();
    private boolean isHolding;
    private volatile boolean isDown;

    public WatchSite() {
        this(Objectives.NONE);
    }

    /** @param objectives of both namespaces */
    public WatchSite(Objectives objectives) {
        Executor workers = work -> {
            if (isHolding) {
                held.add(work);
            } else {
                work.run();
            }
        };
        seams = new EngineSeams(time, time, time, time.process(), workers, new Random(5), "host");
        store.observe((operation, key, isDone) -> {
            if (isDown) {
                throw new CoordinatorException(ErrorCode.ARCHIVE_UNAVAILABLE, "the archive is down", "Wait.");
            }
        });
        MonitoringConfiguration settings = new MonitoringConfiguration(INTERVAL, Duration.ofMinutes(10));
        NamespaceReader reader = new NamespaceReader(
                archive,
                new StatusReader(
                        archive,
                        records -> new Operations(records, LEASE, seams),
                        LEASE,
                        LockWatch.remembering(time),
                        records -> new Catalog(records).list()),
                name -> objectives,
                new OrderBooks(archive, Set.of("a", "b")),
                name -> new NamespaceView(name, 0, null, List.of(), null, null),
                seams);
        watch = new NamespaceWatch(reader, List.of("a", "b"), seams, settings);
        coverage =
                new CoverageWatch(archive, Map.of("a", Duration.ofDays(30), "b", Duration.ofDays(30)), seams, settings);
    }

    /** Lets each tick of the watch come up to a moment, one second after another. */
    public void pass(Duration duration) {
        time.advance(duration);
    }

    /** Begins the watch; its first tick comes with the next second. */
    public void start() {
        watch.start();
    }

    /** Stores a backup whose state is of {@link SampleArchive#NOW}. */
    public void backup(String namespace, String id) {
        SampleArchive.backup(
                archive.namespaces().contains(namespace)
                        ? archive.namespace(namespace)
                        : archive.createNamespace(namespace),
                id,
                Map.of("f", id.getBytes(StandardCharsets.UTF_8)));
    }

    /** Makes the manifest of a backup unreadable. */
    public void damageManifest(String namespace, String id) {
        store.list("ns/" + namespace + "/", "", 1000).stream()
                .map(ObjectInfo::key)
                .filter(key -> key.value().contains("/manifest") && key.value().contains(id))
                .forEach(key -> store.damage(key, content -> new byte[] {1, 2, 3}));
    }

    /** Lets time pass until a while after the samples were made. */
    public void after(Duration sinceBackup) {
        time.advance(Duration.between(time.instant(), SampleArchive.NOW).plus(sinceBackup));
    }

    /** Lets every request to the archive fail from now on, or succeed again. */
    public void setDown(boolean newIsDown) {
        isDown = newIsDown;
    }

    /** Lets workers begin nothing from now on, as if what they do would hang. */
    public void holdWorkers() {
        isHolding = true;
    }

    /** Lets workers do what they were given meanwhile. */
    public void releaseWorkers() {
        isHolding = false;
        while (!held.isEmpty()) {
            held.remove().run();
        }
    }

    /** Returns how much was given to workers that has not begun. */
    public int held() {
        return held.size();
    }

    /** Returns what time it is. */
    public Instant now() {
        return time.instant();
    }
}

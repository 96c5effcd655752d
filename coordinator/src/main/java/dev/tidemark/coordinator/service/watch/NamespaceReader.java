package dev.tidemark.coordinator.service.watch;

import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.service.operations.AcceptedOrder;
import dev.tidemark.coordinator.service.operations.OrderBooks;
import dev.tidemark.coordinator.service.view.NamespaceView;
import dev.tidemark.coordinator.status.NamespaceStatus;
import dev.tidemark.coordinator.status.Objectives;
import dev.tidemark.coordinator.status.StatusReader;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Reads how a namespace is, and what its newest good backup took. Writes nothing. Thread-safe. */
public final class NamespaceReader {
    /** Orders are listed by month, which takes more requests than the rest. */
    private static final Duration ORDERS_INTERVAL = Duration.ofMinutes(10);

    private final Archive archive;
    private final StatusReader reader;
    private final Function<String, Objectives> objectives;
    private final OrderBooks orders;
    private final Function<String, NamespaceView> views;
    private final EngineSeams seams;

    /** The manifest of a backup never changes; only that of the newest one is kept in mind. */
    private final Map<String, BackupFigures> known = new ConcurrentHashMap<>();

    private final Map<String, Unended> unended = new ConcurrentHashMap<>();

    /**
     * Creates a reader.
     *
     * @param objectives what is wanted of a namespace
     * @param views reads what lists show of a namespace
     */
    public NamespaceReader(
            Archive archive,
            StatusReader reader,
            Function<String, Objectives> objectives,
            OrderBooks orders,
            Function<String, NamespaceView> views,
            EngineSeams seams) {
        this.archive = archive;
        this.reader = reader;
        this.objectives = objectives;
        this.orders = orders;
        this.views = views;
        this.seams = seams;
    }

    /** Returns what is wanted of a namespace. */
    public Objectives objectives(String namespace) {
        return objectives.apply(namespace);
    }

    /**
     * Tells whether the archive answers; blocks for as long as its store does.
     *
     * @throws dev.tidemark.kvs.TidemarkException what the archive throws when it does not
     */
    void probe() {
        archive.namespaces();
    }

    /**
     * Reads a namespace.
     *
     * @throws dev.tidemark.kvs.TidemarkException as {@link StatusReader#read}
     */
    SeenNamespace read(String namespace) {
        NamespaceStatus status = reader.read(
                namespace, objectives.apply(namespace), seams.clock().instant());
        Unended waiting = unended(namespace);
        return new SeenNamespace(
                status,
                views.apply(namespace),
                status.newestGood().isPresent()
                        ? List.of(figures(namespace, status.newestGood().backupId()))
                        : List.of(),
                waiting.count,
                waiting.oldestAt,
                seams.monotonicClock().nanoTime());
    }

    private Unended unended(String namespace) {
        long now = seams.monotonicClock().nanoTime();
        Unended before = unended.get(namespace);
        if (before != null && before.count == 0 && now - before.atNanos < ORDERS_INTERVAL.toNanos()) {
            return before;
        }
        List<AcceptedOrder> found = orders.unended(namespace);
        Unended read = new Unended(
                found.size(), found.isEmpty() ? Instant.EPOCH : found.get(0).acceptedAt(), now);
        unended.put(namespace, read);
        return read;
    }

    private BackupFigures figures(String namespace, String backupId) {
        BackupFigures before = known.get(namespace);
        if (before != null && before.backupId().equals(backupId)) {
            return before;
        }
        BackupFigures figures =
                BackupFigures.of(archive.records(namespace).manifests().read(backupId));
        known.put(namespace, figures);
        return figures;
    }

    private record Unended(int count, Instant oldestAt, long atNanos) {}
}

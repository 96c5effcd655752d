package dev.tidemark.coordinator.service.watch;

import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.verify.Coverage;
import dev.tidemark.coordinator.verify.CoverageReader;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.kvs.time.PeriodicTasks;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Works out in the background how much of the backups was verified, one namespace after another: it reads more than a
 * {@link NamespaceWatch} does, and less often. Thread-safe.
 */
public final class CoverageWatch implements AutoCloseable {
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final Logger LOG = LoggerFactory.getLogger(CoverageWatch.class);

    private final Archive archive;
    private final List<String> namespaces;
    private final Function<String, Duration> within;
    private final EngineSeams seams;
    private final Duration interval;
    private final Map<String, Coverage> seen = new ConcurrentHashMap<>();
    private long nextNanos;
    private volatile boolean isClosed;
    private PeriodicTasks.Registration registration;

    /** @param within how old a reading may be, by namespace */
    public CoverageWatch(
            Archive archive, Map<String, Duration> within, EngineSeams seams, MonitoringConfiguration settings) {
        this.archive = archive;
        this.namespaces = List.copyOf(new TreeMap<>(within).keySet());
        this.within = Map.copyOf(within)::get;
        this.seams = seams;
        interval = settings.coverageInterval();
        nextNanos = seams.monotonicClock().nanoTime();
    }

    /** Begins. */
    public synchronized void start() {
        registration = seams.periodicTasks().every("coverage", TICK, this::tick);
    }

    /** Returns what was worked out last, by namespace; those are missing that have no backup, or could not be read. */
    public Map<String, Coverage> seen() {
        return new TreeMap<>(seen);
    }

    /** Ends after the namespace that is under way. Closing twice does nothing. */
    @Override
    public synchronized void close() {
        isClosed = true;
        if (registration != null) {
            registration.close();
            registration = null;
        }
    }

    /** Reads all namespaces if it is time; on its own thread, or a test's. */
    void tick() {
        if (seams.monotonicClock().nanoTime() - nextNanos < 0) {
            return;
        }
        namespaces.stream().filter(namespace -> !isClosed).forEach(this::read);
        nextNanos = seams.monotonicClock().nanoTime() + interval.toNanos();
    }

    /** What can't be read is not known: an old figure would pass for a new one. */
    private void read(String namespace) {
        try {
            if (archive.namespaces().contains(namespace) && archive.hasDataKeys(namespace)) {
                seen.put(
                        namespace,
                        new CoverageReader(archive.namespace(namespace))
                                .read(within.apply(namespace), seams.clock().instant()));
            } else {
                seen.remove(namespace);
            }
        } catch (TidemarkException e) {
            seen.remove(namespace);
            LOG.warn("how much of '{}' was verified is not known: {}", namespace, e.getMessage());
        } catch (RuntimeException e) {
            seen.remove(namespace);
            LOG.error("how much of '{}' was verified could not be worked out", namespace, e);
        }
    }
}

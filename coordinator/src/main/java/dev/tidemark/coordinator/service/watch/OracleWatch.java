package dev.tidemark.coordinator.service.watch;

import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.kvs.time.PeriodicTasks;
import dev.tidemark.timestamp.IssuedPoint;
import dev.tidemark.timestamp.NamespaceOracle;
import dev.tidemark.timestamp.TimestampClient;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the oracle in the background whether it answers, and how far the immutable timestamp of each namespace lags behind. Thread-safe.
 *
 * <p>The lag is a time: how long ago a timestamp greater than the immutable one was issued for the first time, as far as the time index
 * knows, which has a point each second. Zero when nothing was issued after it.
 */
public final class OracleWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OracleWatch.class);

    private final Supplier<Optional<TimestampClient>> oracle;
    private final List<String> namespaces;
    private final EngineSeams seams;
    private final Duration interval;
    private volatile Seen seen = new Seen(State.NOT_ASKED, "", Map.of());
    private volatile boolean isClosed;
    private PeriodicTasks.Registration registration;

    /** @param oracle the one to ask; nothing while it must not be asked */
    public OracleWatch(
            Supplier<Optional<TimestampClient>> oracle,
            Collection<String> namespaces,
            EngineSeams seams,
            MonitoringConfiguration settings) {
        this.oracle = oracle;
        this.namespaces = List.copyOf(namespaces);
        this.seams = seams;
        interval = settings.interval();
    }

    /** Begins. */
    public synchronized void start() {
        registration = seams.periodicTasks().every("oracle-watch", interval, this::ask);
    }

    /** Returns what the oracle has answered last. */
    public Seen seen() {
        return seen;
    }

    /** Ends after the namespace that is being asked about. Closing twice does nothing. */
    @Override
    public synchronized void close() {
        isClosed = true;
        if (registration != null) {
            registration.close();
            registration = null;
        }
    }

    /** Asks; on its own thread, or a test's. */
    void ask() {
        Seen found;
        try {
            found = oracle.get().map(this::answer).orElse(new Seen(State.NOT_ASKED, "", Map.of()));
        } catch (TidemarkException e) {
            found = new Seen(State.SILENT, String.valueOf(e.getMessage()), Map.of());
        } catch (RuntimeException e) {
            LOG.error("the oracle could not be asked", e);
            found = new Seen(State.SILENT, e.toString(), Map.of());
        }
        if (found.state == State.SILENT && seen.state != State.SILENT) {
            LOG.warn("the oracle does not answer: {}", found.failure);
        }
        seen = found;
    }

    private Seen answer(TimestampClient asked) {
        SortedSet<String> existing = asked.namespaces();
        Map<String, Duration> lags = new TreeMap<>();
        for (String namespace : namespaces) {
            if (!isClosed && existing.contains(namespace)) {
                lag(asked, namespace).ifPresent(lag -> lags.put(namespace, lag));
            }
        }
        return new Seen(State.ANSWERS, "", lags);
    }

    private Optional<Duration> lag(TimestampClient asked, String namespace) {
        try {
            NamespaceOracle of = asked.namespace(namespace);
            List<IssuedPoint> later = of.timeIndex(of.immutableTimestamp(), 1);
            if (later.isEmpty()) {
                return Optional.of(Duration.ZERO);
            }
            Instant now = seams.clock().instant();
            Instant issued = later.get(0).instant();
            return Optional.of(issued.isBefore(now) ? Duration.between(issued, now) : Duration.ZERO);
        } catch (TidemarkException e) {
            if (e.code() != ErrorCode.NAMESPACE_FENCED && e.code() != ErrorCode.UNKNOWN_NAMESPACE) {
                throw e;
            }
            return Optional.empty();
        }
    }

    /** Whether the oracle answers. */
    public enum State {
        /** Nobody has asked: it belongs to one process at a time, and this one has not needed it yet. */
        NOT_ASKED,
        ANSWERS,
        SILENT
    }

    /**
     * What the oracle has answered.
     *
     * @param failure why it has not answered, or empty
     * @param lags how far the immutable timestamps lag behind, of the namespaces that it has and that are not fenced
     */
    public record Seen(State state, String failure, Map<String, Duration> lags) {
        /** Copies the map. */
        public Seen {
            lags = Map.copyOf(lags);
        }
    }
}

package dev.tidemark.coordinator.service.watch;

import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.operation.ParallelWork;
import dev.tidemark.coordinator.status.Objectives;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.kvs.time.PeriodicTasks;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads all namespaces again and again in the background, several at a time, and remembers what it has seen. Thread-safe.
 *
 * <p>A round runs on a worker, so that one that hangs keeps nobody waiting: no other begins meanwhile, what was seen becomes stale, and
 * that is an alarm of its own.
 */
public final class NamespaceWatch implements AutoCloseable {
    /** So many intervals without a reading make what was seen stale. */
    static final int INTERVALS_UNTIL_STALE = 3;

    /** But never sooner: a process that had to wait for its processor is no alarm. */
    private static final Duration NEVER_STALE_BEFORE = Duration.ofMinutes(1);

    private static final Duration TICK = Duration.ofSeconds(1);
    private static final int NAMESPACES_AT_A_TIME = 4;
    private static final Logger LOG = LoggerFactory.getLogger(NamespaceWatch.class);

    private final NamespaceReader reader;
    private final List<String> namespaces;
    private final EngineSeams seams;
    private final Duration interval;
    private final Map<String, SeenNamespace> seen = new ConcurrentHashMap<>();
    private final Map<String, Long> begunNanosOf = new ConcurrentHashMap<>();
    private final Map<String, Long> changedNanos = new ConcurrentHashMap<>();
    private final Map<String, String> failures = new ConcurrentHashMap<>();
    private final Map<String, Long> failureCounts = new ConcurrentHashMap<>();
    private final List<WatchListener> listeners = new CopyOnWriteArrayList<>();
    private final AtomicBoolean isUnderWay = new AtomicBoolean();
    private volatile long begunNanos;
    private volatile long nextRoundNanos;
    private volatile ArchiveAnswer archiveAnswer;
    private PeriodicTasks.Registration registration;
    private volatile boolean isClosed;

    /** Creates a watch; does nothing before {@link #start}. */
    public NamespaceWatch(
            NamespaceReader reader,
            Collection<String> namespaces,
            EngineSeams seams,
            MonitoringConfiguration settings) {
        this.reader = reader;
        this.namespaces = List.copyOf(namespaces);
        this.seams = seams;
        interval = settings.interval();
        begunNanos = seams.monotonicClock().nanoTime();
        nextRoundNanos = begunNanos;
        archiveAnswer = new ArchiveAnswer("", begunNanos);
        this.namespaces.forEach(namespace -> failureCounts.put(namespace, 0L));
    }

    /** Has somebody told of each reading from now on; on a worker's thread, several namespaces at a time. */
    public void tell(WatchListener listener) {
        listeners.add(listener);
    }

    /** Begins. */
    public synchronized void start() {
        begunNanos = seams.monotonicClock().nanoTime();
        archiveAnswer = new ArchiveAnswer("", begunNanos);
        registration = seams.periodicTasks().every("watch", TICK, this::tick);
    }

    /** Begins no further reading. Does not wait for one that is under way. Closing twice does nothing. */
    @Override
    public synchronized void close() {
        isClosed = true;
        if (registration != null) {
            registration.close();
            registration = null;
        }
    }

    /** Has a namespace read on a worker without waiting for the next round: something has changed, and what was seen before is old. */
    public void refresh(String namespace) {
        changedNanos.put(namespace, seams.monotonicClock().nanoTime());
        try {
            seams.workers().execute(() -> read(namespace));
        } catch (RejectedExecutionException e) {
            LOG.debug("the process is stopping", e);
        }
    }

    /**
     * Returns what was seen of a namespace; nothing when no reading has come to an end, when something has changed since it began, or
     * when it is no news any more.
     */
    public Optional<SeenNamespace> recent(String namespace) {
        Long changed = changedNanos.get(namespace);
        Long began = begunNanosOf.get(namespace);
        boolean isOld = began == null || (changed != null && began - changed <= 0);
        return isOld || isStale(namespace) ? Optional.empty() : Optional.ofNullable(seen.get(namespace));
    }

    /** Returns the names of the namespaces that are watched. */
    public List<String> namespaces() {
        return namespaces;
    }

    /** Returns what is wanted of a namespace. */
    public Objectives objectives(String namespace) {
        return reader.objectives(namespace);
    }

    /** Returns what was seen, by namespace; those are missing of which no reading has come to an end. */
    public Map<String, SeenNamespace> seen() {
        return new TreeMap<>(seen);
    }

    /** Returns why the last reading of a namespace has failed; nothing when it has not. */
    public Optional<String> failure(String namespace) {
        return Optional.ofNullable(failures.get(namespace));
    }

    /** Returns how many readings of a namespace have failed since this process began. */
    public long failureCount(String namespace) {
        return failureCounts.getOrDefault(namespace, 0L);
    }

    /** Returns how long ago the last reading of a namespace has ended well; or this watch began, when none has. */
    public Duration age(String namespace) {
        SeenNamespace last = seen.get(namespace);
        return since(last == null ? begunNanos : last.atNanos());
    }

    /** Tells whether what was seen of a namespace, or that nothing was, is no news any more. */
    public boolean isStale(String namespace) {
        return isStale(age(namespace));
    }

    /** Returns why the archive has not answered; nothing when it has, or was not asked yet. */
    public Optional<String> archiveFailure() {
        return Optional.of(archiveAnswer.failure()).filter(failure -> !failure.isEmpty());
    }

    /** Returns how long ago the archive has answered, or failed to. */
    public Duration archiveAnswerAge() {
        return since(archiveAnswer.atNanos());
    }

    /** Tells whether the archive was not even asked for longer than it should be: the last round hangs. */
    public boolean isArchiveAnswerStale() {
        return isStale(archiveAnswerAge());
    }

    /** Tells who wants to know what is stale; begins a round if one is due and none is under way. */
    void tick() {
        namespaces.stream().filter(this::isStale).forEach(this::tellStale);
        if (seams.monotonicClock().nanoTime() - nextRoundNanos < 0 || !isUnderWay.compareAndSet(false, true)) {
            return;
        }
        try {
            seams.workers().execute(this::round);
        } catch (RejectedExecutionException e) {
            isUnderWay.set(false); // the process is stopping
        }
    }

    private void tellStale(String namespace) {
        String reason = failure(namespace).orElse("the archive has not answered yet");
        listeners.forEach(listener -> listener.stale(namespace, reason));
    }

    private void round() {
        try {
            if (askArchive()) {
                new ParallelWork(seams.workers(), NAMESPACES_AT_A_TIME).run(namespaces, this::read);
            } else {
                namespaces.forEach(namespace -> failed(namespace, archiveAnswer.failure()));
            }
        } catch (RuntimeException e) {
            LOG.warn("a reading of the namespaces was not completed: {}", e.toString());
        } finally {
            nextRoundNanos = seams.monotonicClock().nanoTime() + interval.toNanos();
            isUnderWay.set(false);
        }
    }

    private boolean askArchive() {
        String failure = "";
        try {
            reader.probe();
        } catch (RuntimeException e) {
            failure = message(e);
        }
        archiveAnswer = new ArchiveAnswer(failure, seams.monotonicClock().nanoTime());
        return failure.isEmpty();
    }

    private void read(String namespace) {
        if (isClosed) {
            return;
        }
        long began = seams.monotonicClock().nanoTime();
        SeenNamespace found;
        try {
            found = reader.read(namespace);
        } catch (RuntimeException e) {
            failed(namespace, message(e));
            return;
        }
        keep(namespace, found, began);
        failures.remove(namespace);
        listeners.forEach(listener -> listener.seen(found));
    }

    /** Of two readings at a time that counts which began later. */
    private synchronized void keep(String namespace, SeenNamespace found, long began) {
        Long before = begunNanosOf.get(namespace);
        if (before == null || began - before >= 0) {
            begunNanosOf.put(namespace, began);
            seen.put(namespace, found);
        }
    }

    private void failed(String namespace, String reason) {
        if (isClosed) {
            return;
        }
        failureCounts.merge(namespace, 1L, Long::sum);
        if (failures.put(namespace, reason) == null) {
            LOG.warn("how namespace '{}' is could not be read: {}", namespace, reason);
        }
    }

    private boolean isStale(Duration age) {
        Duration limit = interval.multipliedBy(INTERVALS_UNTIL_STALE);
        return age.compareTo(limit) > 0 && age.compareTo(NEVER_STALE_BEFORE) > 0;
    }

    private Duration since(long nanos) {
        return Duration.ofNanos(seams.monotonicClock().nanoTime() - nanos);
    }

    private static String message(RuntimeException e) {
        return e instanceof TidemarkException ? String.valueOf(e.getMessage()) : e.toString();
    }

    /** @param failure why there was none, or empty */
    private record ArchiveAnswer(String failure, long atNanos) {}
}

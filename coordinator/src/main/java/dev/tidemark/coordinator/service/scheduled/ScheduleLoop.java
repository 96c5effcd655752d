package dev.tidemark.coordinator.service.scheduled;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.schedule.ScheduleProblem;
import dev.tidemark.coordinator.schedule.Scheduler;
import dev.tidemark.coordinator.schedule.Timetable;
import dev.tidemark.coordinator.service.operations.OperationDesk;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.kvs.time.PeriodicTasks;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the schedules, a round each second. What is wrong with them is told by {@link #problems}. Thread-safe. */
public final class ScheduleLoop implements AutoCloseable {
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final Logger LOG = LoggerFactory.getLogger(ScheduleLoop.class);

    private final Scheduler scheduler;
    private final OperationDesk desk;
    private final Timetable timetable;
    private final EngineSeams seams;
    private final Set<String> notTakenOver = new TreeSet<>();
    private ScheduledOrders orders;
    private PeriodicTasks.Registration registration;
    private volatile List<ScheduleProblem> problems = List.of();

    /** Creates the loop; does nothing before {@link #start}. It can be started again after it was closed. */
    public ScheduleLoop(Archive archive, Timetable timetable, OperationDesk desk, EngineSeams seams) {
        this.seams = seams;
        this.desk = desk;
        this.timetable = timetable;
        orders = new ScheduledOrders(desk, timetable);
        scheduler = new Scheduler(timetable, name -> open(archive, name), run -> orders.launch(run), seams);
        notTakenOver.addAll(timetable.namespaces());
    }

    /** Begins. To be called when the orders that an earlier process has left were taken up. */
    public synchronized void start() {
        orders = new ScheduledOrders(desk, timetable);
        notTakenOver.addAll(timetable.namespaces());
        registration = seams.periodicTasks().every("schedules", INTERVAL, this::round);
    }

    /** Returns what knows the schedules' past, and pauses them. */
    public Scheduler scheduler() {
        return scheduler;
    }

    /** Returns what was wrong in the last round. */
    public List<ScheduleProblem> problems() {
        return problems;
    }

    /** Ends after the round that is under way. Closing twice does nothing. */
    @Override
    public synchronized void close() {
        if (registration != null) {
            registration.close();
            registration = null;
            problems = List.of();
        }
    }

    /** Does one round; on the loop's own thread, or a test's. */
    void round() {
        if (!desk.leads()) {
            return; // what is due is begun by whoever leads; perhaps by this one, when its lease is renewed
        }
        try {
            Instant now = seams.clock().instant();
            notTakenOver.removeIf(namespace -> isTakenOver(namespace, now));
            orders.settle(scheduler, now);
            report(scheduler.run(now));
            orders.beginDue(scheduler, now);
        } catch (RuntimeException e) {
            LOG.error("a round of the schedules failed", e);
            problems = List.of(new ScheduleProblem("", "", "a round failed: " + e, "Look into the log."));
        }
    }

    private boolean isTakenOver(String namespace, Instant now) {
        try {
            orders.takeOver(scheduler, namespace, now);
            return true;
        } catch (TidemarkException e) {
            LOG.warn("what was begun by schedules of '{}' is not known yet: {}", namespace, e.getMessage());
            return false;
        }
    }

    private void report(List<ScheduleProblem> found) {
        if (!found.equals(problems)) {
            found.forEach(problem -> LOG.warn(
                    "schedule '{}' of namespace '{}': {}", problem.schedule(), problem.namespace(), problem.message()));
        }
        problems = found;
    }

    /** A namespace that was never backed up begins with its first schedule; one that was shredded with its next backup. */
    private static NamespaceArchive open(Archive archive, String name) {
        try {
            return archive.namespace(name);
        } catch (CoordinatorException e) {
            if (e.code() != ErrorCode.UNKNOWN_NAMESPACE) {
                throw e;
            }
            return archive.createNamespace(name);
        }
    }
}

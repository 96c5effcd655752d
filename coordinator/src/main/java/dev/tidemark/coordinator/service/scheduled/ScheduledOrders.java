package dev.tidemark.coordinator.service.scheduled;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.schedule.Launcher;
import dev.tidemark.coordinator.schedule.ScheduledRun;
import dev.tidemark.coordinator.schedule.Scheduler;
import dev.tidemark.coordinator.schedule.StartedRun;
import dev.tidemark.coordinator.schedule.Timetable;
import dev.tidemark.coordinator.service.operations.OperationDesk;
import dev.tidemark.coordinator.service.operations.OperationDesk.Overlap;
import dev.tidemark.coordinator.service.operations.OperationOrder;
import dev.tidemark.coordinator.service.operations.OrderStatus;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes orders of runs that are due, and tells the scheduler how they end. For one thread.
 *
 * <p>That a run begins is recorded before its order is made, under the id that the order will have. A process that dies between the two
 * leaves a run without an order: {@link #takeOver} of the next one makes the order, under the same id.
 */
final class ScheduledOrders implements Launcher {
    /** Records of ticks are kept this long; an older run is not found any more. */
    private static final Duration KEPT = Duration.ofDays(35);

    private static final Logger LOG = LoggerFactory.getLogger(ScheduledOrders.class);

    private final OperationDesk desk;
    private final Timetable timetable;
    private final List<ScheduledRun> due = new ArrayList<>();
    private final Map<ScheduledRun, String> underWay = new LinkedHashMap<>();

    ScheduledOrders(OperationDesk desk, Timetable timetable) {
        this.desk = desk;
        this.timetable = timetable;
    }

    /** A run whose namespace is busy is offered again; meanwhile its window may pass. */
    @Override
    public void launch(ScheduledRun run) {
        if (desk.isBusy(run.namespace())) {
            throw new CoordinatorException(
                    ErrorCode.OPERATION_IN_PROGRESS,
                    run + " waits: the namespace is busy",
                    "It begins when the namespace is free, within its window.");
        }
        due.add(run);
    }

    /** Begins what was launched in the round that has just ended. */
    void beginDue(Scheduler scheduler, Instant now) {
        List<ScheduledRun> launched = List.copyOf(due);
        due.clear();
        for (ScheduledRun run : launched) {
            try {
                String id = desk.idOf(run.namespace(), nameOf(run), keyOf(run), now);
                if (scheduler.started(run, id, now)) {
                    underWay.put(run, id);
                    underWay.put(run, order(run));
                }
            } catch (TidemarkException e) {
                LOG.warn("{} could not begin, and is tried again: {}", run, e.getMessage());
            }
        }
    }

    /** Tells the scheduler of the runs that have ended; makes the orders that could not be made. */
    void settle(Scheduler scheduler, Instant now) {
        Iterator<Map.Entry<ScheduledRun, String>> entries = underWay.entrySet().iterator();
        while (entries.hasNext()) {
            Map.Entry<ScheduledRun, String> entry = entries.next();
            try {
                if (isSettled(scheduler, entry, now)) {
                    entries.remove();
                }
            } catch (TidemarkException e) {
                LOG.warn("what became of {} is not known yet: {}", entry.getKey(), e.getMessage());
            }
        }
    }

    /** Takes on the runs of a namespace that an earlier process has begun. */
    void takeOver(Scheduler scheduler, String namespace, Instant now) {
        for (StartedRun started : scheduler.unended(namespace, now.minus(KEPT))) {
            underWay.put(started.run(), started.operationId());
        }
    }

    private boolean isSettled(Scheduler scheduler, Map.Entry<ScheduledRun, String> entry, Instant now) {
        ScheduledRun run = entry.getKey();
        OrderStatus status;
        try {
            status = desk.find(run.namespace(), entry.getValue());
        } catch (CoordinatorException e) {
            if (e.code() != ErrorCode.UNKNOWN_OPERATION) {
                throw e;
            }
            entry.setValue(order(run));
            return false;
        }
        if (!status.hasEnded()) {
            return false;
        }
        if (status.state() == OrderStatus.State.SUCCEEDED) {
            scheduler.succeeded(run, now);
        } else {
            scheduler.failed(run, now);
        }
        return true;
    }

    /** Returns the id of the order, which is another one when a month has begun since it was worked out. */
    private String order(ScheduledRun run) {
        return desk.accept(run.namespace(), orderOf(run), nameOf(run), keyOf(run), Overlap.QUEUE)
                .id();
    }

    private OperationOrder orderOf(ScheduledRun run) {
        return switch (run.schedule().work()) {
            case BACKUP ->
                new OperationOrder.Backup(
                        run.schedule().labels(),
                        true,
                        timetable.latestNextBackup(run.namespace(), run.tick()).orElse(Manifest.NO_NEXT_BACKUP));
            case VERIFY -> new OperationOrder.Verify();
            case RETENTION -> new OperationOrder.Retention();
        };
    }

    /** No caller's name has a colon, so that none can order in the name of a schedule. */
    private static String nameOf(ScheduledRun run) {
        return "schedule:" + run.schedule().name();
    }

    /** One attempt is one order. */
    private static String keyOf(ScheduledRun run) {
        return run.schedule().name() + "/" + run.tick() + "/" + run.attempt();
    }
}

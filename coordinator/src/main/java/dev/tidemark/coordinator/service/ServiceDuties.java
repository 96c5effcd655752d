package dev.tidemark.coordinator.service;

import dev.tidemark.coordinator.service.leading.Duties;
import dev.tidemark.coordinator.service.operations.OperationDesk;
import dev.tidemark.coordinator.service.scheduled.ScheduleLoop;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.kvs.time.MonotonicClock;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the leading instance does: it carries out orders and runs schedules. For one thread. */
final class ServiceDuties implements Duties {
    /** How often it looks after what another process seemed to work on. */
    private static final Duration RETRY = Duration.ofSeconds(3);

    /** How often it looks for orders that an earlier leader has accepted at its last moment. */
    private static final Duration SEARCH = Duration.ofMinutes(5);

    private static final Logger LOG = LoggerFactory.getLogger(ServiceDuties.class);

    private final OperationDesk desk;
    private final ScheduleLoop schedules;
    private final Set<String> namespaces;
    private final MonotonicClock clock;
    private final Set<String> unknown = new TreeSet<>();
    private long retriedAt;
    private long searchedAt;

    ServiceDuties(OperationDesk desk, ScheduleLoop schedules, Set<String> namespaces, MonotonicClock clock) {
        this.desk = desk;
        this.schedules = schedules;
        this.namespaces = Set.copyOf(namespaces);
        this.clock = clock;
    }

    /** Orders come before schedules, so that these see which namespaces are busy. */
    @Override
    public void begin() {
        unknown.addAll(namespaces);
        search();
        desk.open();
        schedules.start();
        retriedAt = clock.nanoTime();
        searchedAt = retriedAt;
    }

    @Override
    public void goOn() {
        long now = clock.nanoTime();
        if (now - searchedAt >= SEARCH.toNanos()) {
            searchedAt = now;
            unknown.addAll(namespaces);
        }
        if (now - retriedAt >= RETRY.toNanos()) {
            retriedAt = now;
            desk.retryLeft();
            search();
        }
    }

    @Override
    public void end() {
        schedules.close();
        desk.standDown();
    }

    /** A namespace whose orders can't be read now is looked at again. */
    private void search() {
        unknown.removeIf(namespace -> {
            try {
                desk.recover(namespace);
                return true;
            } catch (TidemarkException e) {
                LOG.warn("the orders of '{}' are not known yet: {}", namespace, e.getMessage());
                return false;
            }
        });
    }
}

package dev.tidemark.timestamp.oracle;

import dev.tidemark.kvs.time.PeriodicTasks;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Records in the background at an interval. A request never records, so that it neither waits for a medium nor reads a clock;
 * and what was issued right before a silence has its point one interval later, not at the end of the silence.
 */
final class PeriodicTimeIndexing implements TimeIndexing {
    private final List<TimeIndexRecorder> recorders = new CopyOnWriteArrayList<>();
    private final InstantSource clock;
    private final PeriodicTasks.Registration registration;

    PeriodicTimeIndexing(InstantSource clock, PeriodicTasks tasks, Duration interval) {
        this.clock = clock;
        registration = tasks.every("time-index", interval, this::record);
    }

    @Override
    public void follow(TimestampOracle oracle) {
        recorders.add(oracle.timeIndexRecorder(clock));
    }

    @Override
    public void close() {
        registration.close();
        record();
    }

    private void record() {
        recorders.forEach(TimeIndexRecorder::record);
    }
}

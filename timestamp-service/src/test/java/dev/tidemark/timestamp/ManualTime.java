package dev.tidemark.timestamp;

import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.kvs.time.PeriodicTasks;
import dev.tidemark.timestamp.oracle.OracleSeams;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Time that passes when a test says so; periodic tasks run on the test's thread, as often as their interval has passed. The wall
 * clock can be set. Thread-safe for those who read it.
 */
public final class ManualTime implements MonotonicClock, InstantSource, PeriodicTasks {
    private final List<Task> tasks = new CopyOnWriteArrayList<>();

    /** Close to the end of the numbers, because only differences have a meaning. */
    private volatile long nanos = Long.MAX_VALUE - 1000;

    private volatile Instant instant = Instant.parse("2026-03-04T05:06:07Z");

    /** Returns this time as oracles take it. */
    public OracleSeams seams() {
        return new OracleSeams(this, this, this);
    }

    /** Lets time pass. */
    public void advance(Duration duration) {
        long left = duration.toNanos();
        while (left > 0) {
            long step = left;
            for (Task task : tasks) {
                step = Math.min(step, task.leftNanos);
            }
            left -= step;
            nanos += step;
            instant = instant.plusNanos(step);
            for (Task task : tasks) {
                task.leftNanos -= step;
                if (task.leftNanos == 0) {
                    task.leftNanos = task.intervalNanos;
                    task.work.run();
                }
            }
        }
    }

    /** Sets the wall clock, as a person or a time server does; no time passes. */
    public void setInstant(Instant newInstant) {
        instant = newInstant;
    }

    @Override
    public long nanoTime() {
        return nanos;
    }

    @Override
    public Instant instant() {
        return instant;
    }

    @Override
    public Registration every(String name, Duration interval, Runnable work) {
        Task task = new Task(interval.toNanos(), work);
        tasks.add(task);
        return () -> tasks.remove(task);
    }

    /** Ends all tasks, as the death of the process does. */
    @Override
    public void close() {
        tasks.clear();
    }

    private static final class Task {
        private final long intervalNanos;
        private final Runnable work;
        private long leftNanos;

        private Task(long intervalNanos, Runnable work) {
            this.intervalNanos = intervalNanos;
            this.work = work;
            this.leftNanos = intervalNanos;
        }
    }
}

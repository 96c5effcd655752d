package dev.tidemark.coordinator.operation;

import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.kvs.time.PeriodicTasks;
import dev.tidemark.kvs.time.Sleeper;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/** Time that passes only when somebody sleeps; periodic tasks run when their turn comes on the sleeping thread. */
public final class VirtualTime implements InstantSource, MonotonicClock, Sleeper {
    private static final Instant ORIGIN = Instant.parse("2026-01-02T03:04:05Z");

    private final List<Task> tasks = new ArrayList<>();
    private long now = 1;

    @Override
    public synchronized Instant instant() {
        return ORIGIN.plusNanos(now);
    }

    @Override
    public synchronized long nanoTime() {
        return now;
    }

    @Override
    public void sleep(Duration duration) {
        advance(duration);
    }

    public void advance(Duration duration) {
        long end = nanoTime() + duration.toNanos();
        while (true) {
            Task next = null;
            synchronized (this) {
                for (Task task : tasks) {
                    if (task.nextRun <= end && (next == null || task.nextRun < next.nextRun)) {
                        next = task;
                    }
                }
                if (next == null) {
                    now = Math.max(now, end); // a task may have slept for longer
                    return;
                }
                now = Math.max(now, next.nextRun);
                next.nextRun = now + next.interval;
            }
            next.work.run();
        }
    }

    /** Returns the periodic tasks of one process; closing them is its death. */
    public PeriodicTasks process() {
        return new Process();
    }

    private final class Process implements PeriodicTasks {
        private final List<Task> own = new ArrayList<>();

        @Override
        public Registration every(String name, Duration interval, Runnable work) {
            Task task = new Task(interval.toNanos(), work, nanoTime() + interval.toNanos());
            synchronized (VirtualTime.this) {
                own.add(task);
                tasks.add(task);
            }
            return () -> remove(List.of(task));
        }

        @Override
        public void close() {
            remove(own);
        }

        private void remove(List<Task> ended) {
            synchronized (VirtualTime.this) {
                tasks.removeAll(ended);
            }
        }
    }

    private static final class Task {
        private final long interval;
        private final Runnable work;
        private long nextRun;

        private Task(long interval, Runnable work, long nextRun) {
            this.interval = interval;
            this.work = work;
            this.nextRun = nextRun;
        }
    }
}

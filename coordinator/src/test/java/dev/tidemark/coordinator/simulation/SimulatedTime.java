package dev.tidemark.coordinator.simulation;

import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.kvs.time.PeriodicTasks;
import dev.tidemark.kvs.time.Sleeper;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Time that passes only when somebody sleeps. The periodic tasks of a process run when their turn comes, unless it is dead or
 * paused; its monotonic clock may have stood still.
 */
final class SimulatedTime implements InstantSource {
    private static final Instant ORIGIN = Instant.parse("2026-01-02T03:04:05Z");

    private final List<Task> tasks = new ArrayList<>();
    private final BiConsumer<Actor, Runnable> runner;
    private long now = 1;
    private long wallOffset;

    /** Creates the time; the runner runs a task as its process. */
    SimulatedTime(BiConsumer<Actor, Runnable> runner) {
        this.runner = runner;
    }

    @Override
    public Instant instant() {
        return ORIGIN.plusNanos(now + wallOffset);
    }

    void jump(Duration offset) {
        wallOffset += offset.toNanos();
    }

    long nanos() {
        return now;
    }

    MonotonicClock clock() {
        return () -> now;
    }

    MonotonicClock clockOf(Actor actor) {
        return () -> now - actor.standstillNanos;
    }

    Sleeper sleeperOf(Actor actor, Runnable awake) {
        return duration -> {
            actor.requireAlive();
            advance(duration);
            awake.run();
            actor.requireAlive();
        };
    }

    void advance(Duration duration) {
        advance(duration.toNanos());
    }

    void advance(long nanos) {
        long end = now + nanos;
        while (true) {
            Task next = null;
            for (int i = tasks.size() - 1; i >= 0; i--) {
                Task task = tasks.get(i);
                if (task.actor.isDead) {
                    tasks.remove(i);
                } else if (!task.actor.isPaused
                        && !task.isRunning
                        && task.nextRun <= end
                        && (next == null || task.nextRun < next.nextRun)) {
                    next = task;
                }
            }
            if (next == null) {
                now = Math.max(now, end);
                return;
            }
            now = Math.max(now, next.nextRun);
            next.nextRun = now + next.interval;
            run(next);
        }
    }

    private void run(Task task) {
        task.isRunning = true;
        try {
            runner.accept(task.actor, task.work);
        } catch (Actor.Crash e) {
            // The process notices at its next call that it is dead.
        } finally {
            task.isRunning = false;
        }
    }

    PeriodicTasks tasksOf(Actor actor) {
        return new PeriodicTasks() {
            @Override
            public Registration every(String name, Duration interval, Runnable work) {
                Task task = new Task(actor, interval.toNanos(), work, now + interval.toNanos());
                tasks.add(task);
                return () -> tasks.remove(task);
            }

            @Override
            public void close() {
                tasks.removeIf(task -> task.actor == actor);
            }
        };
    }

    private static final class Task {
        private final Actor actor;
        private final long interval;
        private final Runnable work;
        private long nextRun;
        private boolean isRunning;

        private Task(Actor actor, long interval, Runnable work, long nextRun) {
            this.actor = actor;
            this.interval = interval;
            this.work = work;
            this.nextRun = nextRun;
        }
    }
}

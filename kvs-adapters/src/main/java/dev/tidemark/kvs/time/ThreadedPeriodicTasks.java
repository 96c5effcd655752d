package dev.tidemark.kvs.time;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Runs each periodic task on a daemon thread of its own, so that a slow one never delays another. */
public final class ThreadedPeriodicTasks implements PeriodicTasks {
    private final Set<Task> tasks = ConcurrentHashMap.newKeySet();

    @Override
    public Registration every(String name, Duration interval, Runnable work) {
        if (interval.isNegative() || interval.isZero()) {
            throw new IllegalArgumentException("interval: " + interval + " (expected: > 0)");
        }
        Task task = new Task(name, interval, work);
        tasks.add(task);
        task.thread.start();
        return task;
    }

    @Override
    public void close() {
        tasks.forEach(Task::close);
    }

    private final class Task implements Registration {
        private final Duration interval;
        private final Runnable work;
        private final Thread thread;
        private boolean isClosed;

        private Task(String name, Duration interval, Runnable work) {
            this.interval = interval;
            this.work = work;
            this.thread = new Thread(this::run, name);
            thread.setDaemon(true);
        }

        private void run() {
            try {
                while (waitForNextRun()) {
                    work.run();
                }
            } finally {
                tasks.remove(this);
            }
        }

        private synchronized boolean waitForNextRun() {
            long deadline = System.nanoTime() + interval.toNanos();
            long left = interval.toNanos();
            try {
                while (!isClosed && left > 0) {
                    wait(left / 1_000_000, (int) (left % 1_000_000));
                    left = deadline - System.nanoTime();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
            return !isClosed;
        }

        @Override
        public void close() {
            synchronized (this) {
                isClosed = true;
                notifyAll();
            }
            tasks.remove(this);
            if (Thread.currentThread() == thread) {
                return;
            }
            boolean wasInterrupted = false;
            while (true) {
                try {
                    thread.join();
                    break;
                } catch (InterruptedException e) {
                    wasInterrupted = true;
                }
            }
            if (wasInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}

package dev.tidemark.kvs.rocksdb;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The threads of an endpoint, which no caller can keep: one that has waited for its caller's bytes, or for the caller to take
 * the answer, for too long in all is interrupted, which closes the connection. The time in which the store works does not
 * count. All threads are daemons. Thread-safe.
 *
 * <p>The JDK's server has such limits only as system properties, which belong to the application.
 */
final class RequestThreads implements Executor, AutoCloseable {
    private static final int THREADS = 4;

    private final Duration patience;
    private final ExecutorService workers = Executors.newFixedThreadPool(THREADS, RequestThreads::daemon);
    private final ScheduledThreadPoolExecutor alarm = new ScheduledThreadPoolExecutor(1, RequestThreads::daemon);
    private final ThreadLocal<Watch> watches = new ThreadLocal<>();

    /**
     * Creates the threads.
     *
     * @param patience how long a request waits for its caller before the store is asked, and again afterwards
     */
    RequestThreads(Duration patience) {
        this.patience = patience;
        alarm.setRemoveOnCancelPolicy(true);
    }

    @Override
    public void execute(Runnable request) {
        workers.execute(() -> {
            Watch watch = new Watch(Thread.currentThread());
            watches.set(watch);
            watch.begin();
            try {
                request.run();
            } finally {
                watch.end();
                watches.remove();
            }
        });
    }

    /** Runs, inside of a request, what does not wait for the caller, for as long as it takes. */
    <T> T unwatched(Supplier<T> work) {
        Watch watch = watches.get();
        watch.end();
        try {
            return work.get();
        } finally {
            watch.begin();
        }
    }

    /** Takes no more requests; those under way end by themselves. */
    @Override
    public void close() {
        workers.shutdown();
        alarm.shutdown();
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "rocksdb-snapshots");
        thread.setDaemon(true);
        return thread;
    }

    /** Interrupts one thread unless it ends in time, and never afterwards. */
    private final class Watch {
        private final Thread thread;
        private Future<?> pending;

        private Watch(Thread thread) {
            this.thread = thread;
        }

        private synchronized void begin() {
            if (!alarm.isShutdown()) {
                pending = alarm.schedule(this::interrupt, patience.toMillis(), TimeUnit.MILLISECONDS);
            }
        }

        private synchronized void end() {
            if (pending != null) {
                pending.cancel(false);
                pending = null;
            }
            Thread.interrupted(); // an interrupt that came too late to close anything must not reach what follows
        }

        private synchronized void interrupt() {
            if (pending != null) {
                thread.interrupt();
            }
        }
    }
}

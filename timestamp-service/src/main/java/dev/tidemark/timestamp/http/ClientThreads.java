package dev.tidemark.timestamp.http;

import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads of one client, which end when nothing has come for a while; as many as are busy at a time. Never refuses, also when the
 * client is closed: what is then under way must still be told.
 */
final class ClientThreads implements Executor {
    private static final int IDLE_SECONDS = 5;

    private final AtomicInteger number = new AtomicInteger();
    private final ThreadPoolExecutor threads = new ThreadPoolExecutor(
            0, Integer.MAX_VALUE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), this::thread);

    @Override
    public void execute(Runnable task) {
        threads.execute(task);
    }

    private Thread thread(Runnable work) {
        Thread thread = new Thread(work, "timestamp-client-" + number.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    }
}

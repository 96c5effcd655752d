package dev.tidemark.kvs.time;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** Runs something once, after a while; nobody waits meanwhile. Thread-safe. */
@FunctionalInterface
public interface Delayer {
    /**
     * Runs the task when the delay has passed, and returns before that.
     *
     * @param delay how long, &gt;= 0
     * @param task must not throw
     */
    void after(Duration delay, Runnable task);

    /** Returns the delayer of the running system, whose tasks run where the executor lets them run. */
    static Delayer system(Executor executor) {
        return (delay, task) -> CompletableFuture.delayedExecutor(delay.toNanos(), TimeUnit.NANOSECONDS, executor)
                .execute(task);
    }
}

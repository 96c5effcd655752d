package dev.tidemark.kvs.time;

import java.time.Duration;

/** Waits. Thread-safe. */
@FunctionalInterface
public interface Sleeper {
    /**
     * Waits for the duration.
     *
     * @param duration how long, &gt;= 0
     * @throws InterruptedException when the thread is interrupted; the interrupt flag is clear then
     */
    void sleep(Duration duration) throws InterruptedException;

    /** Returns the sleeper of the running system. */
    static Sleeper system() {
        return duration -> Thread.sleep(duration.toMillis(), duration.toNanosPart() % 1_000_000);
    }
}

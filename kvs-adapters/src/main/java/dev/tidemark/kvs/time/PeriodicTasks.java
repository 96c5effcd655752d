package dev.tidemark.kvs.time;

import java.time.Duration;

/** Runs something again and again, such as the refresh of a lease. Thread-safe. */
public interface PeriodicTasks extends AutoCloseable {
    /**
     * Runs the task after each interval until the registration is closed. The task must not throw: an exception ends the
     * process's trust in it and is reported to the thread's uncaught-exception handler.
     *
     * @param name for thread names and logs
     * @param interval time from the end of one run to the beginning of the next, &gt; 0
     */
    Registration every(String name, Duration interval, Runnable task);

    /** Ends all tasks; waits for those that are running. */
    @Override
    void close();

    /** A task that repeats. */
    interface Registration extends AutoCloseable {
        /** Ends the repetition; waits for a run that is under way. Closing twice does nothing. */
        @Override
        void close();
    }
}

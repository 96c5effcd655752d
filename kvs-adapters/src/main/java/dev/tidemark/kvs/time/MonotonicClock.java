package dev.tidemark.kvs.time;

/** Measures durations: goes forward at the rate of real time, from an arbitrary origin. Thread-safe. */
@FunctionalInterface
public interface MonotonicClock {
    /** Returns nanoseconds since the origin; only differences have a meaning. */
    long nanoTime();

    /** Returns the clock of the running system. */
    static MonotonicClock system() {
        return System::nanoTime;
    }
}

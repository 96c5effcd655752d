package dev.tidemark.cli.bench;

import dev.tidemark.kvs.time.MonotonicClock;

/** Measures how long something takes. Thread-safe. */
final class Stopwatch {
    private final MonotonicClock clock;

    Stopwatch(MonotonicClock clock) {
        this.clock = clock;
    }

    /** Runs something and returns the seconds that it took; never 0. */
    double seconds(Runnable action) {
        long from = clock.nanoTime();
        action.run();
        return Math.max(1, clock.nanoTime() - from) / 1e9;
    }
}

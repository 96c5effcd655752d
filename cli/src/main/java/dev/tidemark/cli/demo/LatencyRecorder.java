package dev.tidemark.cli.demo;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

/** Measures how long the clients' transactions take, in windows. Thread-safe. */
public final class LatencyRecorder {
    private final AtomicReference<Window> current = new AtomicReference<>(new Window(0, 0));

    /** Creates a recorder whose first window is open. */
    public LatencyRecorder() {}

    /** Records one transaction. */
    public void record(long nanos) {
        current.accumulateAndGet(new Window(1, nanos), Window::plus);
    }

    /** Closes the window, opens the next, and returns what the closed one has seen. */
    public Window nextWindow() {
        return current.getAndSet(new Window(0, 0));
    }

    /**
     * What was seen in a window.
     *
     * @param transactions how many ended in it
     * @param maxNanos the longest
     */
    public record Window(long transactions, long maxNanos) {
        private Window plus(Window other) {
            return new Window(transactions + other.transactions, Math.max(maxNanos, other.maxNanos));
        }

        /** Returns the longest. */
        public Duration max() {
            return Duration.ofNanos(maxNanos);
        }
    }
}

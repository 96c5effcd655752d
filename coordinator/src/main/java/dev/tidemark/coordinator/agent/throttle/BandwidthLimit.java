package dev.tidemark.coordinator.agent.throttle;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.kvs.time.Sleeper;
import java.time.Duration;

/**
 * Lets a number of bytes per second pass, over all who ask: a bucket that fills at that rate and holds what fills it in a quarter of a
 * second. Who takes more than is in it pays afterwards, by waiting, so that the rate holds whatever the size of a read. Thread-safe.
 */
public final class BandwidthLimit {
    /** Least limit, bytes per second: one read of a channel must not take longer than an operator has patience. */
    public static final long MIN_BYTES_PER_SECOND = 64 << 10;

    private static final long NANOS_PER_SECOND = Duration.ofSeconds(1).toNanos();
    private static final long BURST_NANOS = NANOS_PER_SECOND / 4;
    private static final long LONGEST_SLEEP_NANOS = NANOS_PER_SECOND;

    private final long bytesPerSecond;
    private final MonotonicClock clock;
    private final Sleeper sleeper;

    /** When what was taken so far is paid for, on the clock. */
    private long paidNanos;

    /**
     * Creates a limit with a full bucket.
     *
     * @param bytesPerSecond at least {@link #MIN_BYTES_PER_SECOND}
     */
    public BandwidthLimit(long bytesPerSecond, MonotonicClock clock, Sleeper sleeper) {
        if (bytesPerSecond < MIN_BYTES_PER_SECOND) {
            throw new IllegalArgumentException(
                    "bytesPerSecond: " + bytesPerSecond + " (expected: at least " + MIN_BYTES_PER_SECOND + ")");
        }
        this.bytesPerSecond = bytesPerSecond;
        this.clock = clock;
        this.sleeper = sleeper;
        this.paidNanos = clock.nanoTime() - BURST_NANOS;
    }

    /**
     * Takes bytes out of the bucket, and waits until they are paid for.
     *
     * @param bytes &gt;= 0
     * @param permission is asked before each wait, which lasts for a second at most; throws to end it
     */
    public void take(int bytes, Runnable permission) {
        long due = reserve(bytes);
        long left = due - clock.nanoTime();
        while (left > 0) {
            permission.run();
            sleep(Math.min(left, LONGEST_SLEEP_NANOS));
            left = due - clock.nanoTime();
        }
    }

    private synchronized long reserve(int bytes) {
        long oldest = clock.nanoTime() - BURST_NANOS;
        long from = paidNanos - oldest < 0 ? oldest : paidNanos;
        paidNanos = from + (long) (bytes * (double) NANOS_PER_SECOND / bytesPerSecond);
        return paidNanos;
    }

    private void sleep(long nanos) {
        try {
            sleeper.sleep(Duration.ofNanos(nanos));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CoordinatorException(
                    ErrorCode.INTERRUPTED, "interrupted while the bandwidth limit was kept", "", e);
        }
    }
}

package dev.tidemark.coordinator.service.access.limit;

import dev.tidemark.coordinator.service.problem.ProblemException;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.time.MonotonicClock;
import java.time.Duration;

/**
 * Lets each caller send so many requests a second, and more at once after a pause: a bucket holds up to {@code burst} requests and fills
 * up again at the rate. Thread-safe.
 */
public final class RateLimit {
    private static final double NANOS_PER_SECOND = 1e9;

    private final int requestsPerSecond;
    private final int burst;
    private final MonotonicClock clock;
    private final Recent<Bucket> buckets = new Recent<>();

    /** Creates the limit. */
    public RateLimit(RateLimitConfiguration configuration, MonotonicClock clock) {
        this.requestsPerSecond = configuration.requestsPerSecond();
        this.burst = configuration.burst();
        this.clock = clock;
    }

    /**
     * Takes one request out of a caller's bucket.
     *
     * @throws ProblemException {@link ErrorCode#TOO_MANY_REQUESTS} when it is empty; nothing was taken then
     */
    public synchronized void take(String caller) {
        long now = clock.nanoTime();
        Bucket bucket = buckets.getOrDefault(caller, new Bucket(burst, now));
        double filled =
                Math.min(burst, bucket.requests + (now - bucket.atNanos) / NANOS_PER_SECOND * requestsPerSecond);
        if (filled < 1) {
            buckets.put(caller, new Bucket(filled, now));
            throw TooManyRequests.refused(
                    "more requests came than one caller may send (expected: at most " + requestsPerSecond
                            + " a second)",
                    Duration.ofNanos((long) ((1 - filled) / requestsPerSecond * NANOS_PER_SECOND)));
        }
        buckets.put(caller, new Bucket(filled - 1, now));
    }

    private record Bucket(double requests, long atNanos) {}
}

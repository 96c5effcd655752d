package dev.tidemark.timestamp.oracle;

import dev.tidemark.timestamp.IssuedPoint;
import dev.tidemark.timestamp.bound.BoundStore;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Adds points to the time index of one namespace.
 *
 * <p>The clock is read after the last timestamp, so whatever is at or below it was issued before. If the last timestamp is
 * still the same after that, the point is exact: nothing above it was issued at that instant. Where timestamps are issued
 * so fast that this never happens, the reading is taken during which the fewest were: about as many as are issued while
 * a clock is read.
 *
 * <p>A clock that goes back does not take the index back: a point is never before the one before it, and so may be later
 * than its clock says. A clock that jumps ahead is believed; until it gets there again, all points have that instant.
 *
 * <p>After a restart the first point covers all of the window that was skipped: what was issued in the last moments of a
 * process that was killed is at or below the bound, and was issued before the restart.
 *
 * <p>A failure costs a point and nothing else. Thread-safe.
 */
final class TimeIndexRecorder {
    private static final Logger LOG = LoggerFactory.getLogger(TimeIndexRecorder.class);
    private static final int MAX_READINGS = 100;

    private final String namespace;
    private final BoundStore store;
    private final TimestampAllocator allocator;
    private final InstantSource clock;
    /** Whoever opens an oracle and asks nothing leaves no trace. */
    private final long lastAtStart;

    /** The last point that was stored; null when there is none, or it was not read yet. */
    private volatile IssuedPoint last;

    private boolean isLastKnown;
    private boolean isFailing;

    TimeIndexRecorder(String namespace, BoundStore store, TimestampAllocator allocator, InstantSource clock) {
        this.namespace = namespace;
        this.store = store;
        this.allocator = allocator;
        this.clock = clock;
        this.lastAtStart = allocator.last();
    }

    /** Adds a point if timestamps were issued since the start and the last one. Does nothing when issuing has stopped. */
    synchronized void record() {
        if (allocator.isStopped() || allocator.last() == lastAtStart) {
            return;
        }
        try {
            recordOrThrow();
        } catch (RuntimeException e) {
            warn(e.toString(), e);
        }
    }

    /** Returns the last point that is known to be stored; does not wait for one that is being written. */
    Optional<IssuedPoint> last() {
        return Optional.ofNullable(last);
    }

    private void recordOrThrow() {
        if (!isLastKnown) {
            last = store.lastPoint(namespace).orElse(null);
            isLastKnown = true;
        }
        if (last != null && allocator.last() <= last.timestamp()) {
            return;
        }
        Reading reading = read();
        if (reading.timestamp < 1) {
            return;
        }
        if (!IssuedPoint.isInstantInRange(reading.instant)) {
            warn("the clock says " + reading.instant, null);
            return;
        }
        boolean isClockBehind = last != null && reading.instant.isBefore(last.instant());
        IssuedPoint point = new IssuedPoint(isClockBehind ? last.instant() : reading.instant, reading.timestamp);
        store.addPoint(namespace, point);
        last = point;
        isFailing = false;
    }

    private Reading read() {
        Reading best = readOnce();
        for (int i = 1; i < MAX_READINGS && best.issuedMeanwhile > 0; i++) {
            Reading reading = readOnce();
            best = reading.issuedMeanwhile < best.issuedMeanwhile ? reading : best;
        }
        return best;
    }

    private Reading readOnce() {
        long timestamp = allocator.last();
        Instant instant = clock.instant();
        return new Reading(timestamp, instant, allocator.last() - timestamp);
    }

    /** Says so once, until it has gone well again. */
    private void warn(String reason, Throwable cause) {
        if (!isFailing) {
            LOG.warn("the time index of namespace '{}' gets no points: {}", namespace, reason, cause);
        }
        isFailing = true;
    }

    /** The last timestamp, the time after it was read, and how many more there were after that. */
    private record Reading(long timestamp, Instant instant, long issuedMeanwhile) {}
}

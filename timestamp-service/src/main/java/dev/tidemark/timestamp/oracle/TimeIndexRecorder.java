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
 * <p>A point is exact: the clock is read between two readings of the last timestamp that are equal, so at that instant
 * nothing above it was issued. Where timestamps are issued too fast for that, the next run finds the moment.
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
    private static final int MAX_READINGS = 1000;

    private final String namespace;
    private final BoundStore store;
    private final TimestampAllocator allocator;
    private final InstantSource clock;

    /** The last point that was stored; null when there is none, or it was not read yet. */
    private IssuedPoint last;

    private boolean isLastKnown;
    private boolean isFailing;

    TimeIndexRecorder(String namespace, BoundStore store, TimestampAllocator allocator, InstantSource clock) {
        this.namespace = namespace;
        this.store = store;
        this.allocator = allocator;
        this.clock = clock;
    }

    /** Adds a point if timestamps were issued since the last one. Does nothing when issuing has stopped. */
    synchronized void record() {
        if (allocator.isStopped()) {
            return;
        }
        try {
            recordOrThrow();
        } catch (RuntimeException e) {
            warn(e.toString(), e);
        }
    }

    private void recordOrThrow() {
        if (!isLastKnown) {
            last = store.lastPoint(namespace).orElse(null);
            isLastKnown = true;
        }
        if (last != null && allocator.last() <= last.timestamp()) {
            return;
        }
        Optional<IssuedPoint> point = read();
        if (point.isPresent()) {
            store.addPoint(namespace, point.get());
            last = point.get();
            isFailing = false;
        }
    }

    private Optional<IssuedPoint> read() {
        for (int i = 0; i < MAX_READINGS; i++) {
            long before = allocator.last();
            Instant instant = clock.instant();
            if (allocator.last() == before) {
                return point(instant, before);
            }
        }
        return Optional.empty();
    }

    private Optional<IssuedPoint> point(Instant instant, long timestamp) {
        if (timestamp < 1) {
            return Optional.empty();
        }
        if (!IssuedPoint.isInstantInRange(instant)) {
            warn("the clock says " + instant, null);
            return Optional.empty();
        }
        Instant notBefore = last == null || instant.isAfter(last.instant()) ? instant : last.instant();
        return Optional.of(new IssuedPoint(notBefore, timestamp));
    }

    /** Says so once, until it has gone well again. */
    private void warn(String reason, Throwable cause) {
        if (!isFailing) {
            LOG.warn("the time index of namespace '{}' gets no points: {}", namespace, reason, cause);
        }
        isFailing = true;
    }
}

package dev.tidemark.timestamp.leader;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.oracle.Authority;
import java.time.Duration;
import java.time.InstantSource;

/**
 * The time for which this process leads, from its election until another one is elected or it gives up. Thread-safe.
 *
 * <p>Answers may be given until the lease that was written last has run out, counted from before it was sent. Both clocks have
 * to agree: the monotonic clock stands still while some hypervisors suspend a machine, the other one does not. One that is set ahead
 * costs the time until the next renewal; one that is set back changes nothing.
 */
final class Term implements Authority {
    private final long epoch;
    private final MonotonicClock clock;
    private final InstantSource wallClock;
    private volatile Deadline deadline;

    /** Why it has ended, or null; set once. */
    private volatile TimestampException ended;

    Term(long epoch, MonotonicClock clock, InstantSource wallClock, Moment sent, Duration lease) {
        this.epoch = epoch;
        this.clock = clock;
        this.wallClock = wallClock;
        this.deadline = Deadline.of(sent, lease);
    }

    @Override
    public long epoch() {
        return epoch;
    }

    @Override
    public void check() {
        TimestampException reason = ended;
        if (reason != null) {
            throw new TimestampException(reason.code(), reason.getMessage(), reason.hint(), reason);
        }
        Deadline until = deadline;
        if (clock.nanoTime() - until.nanos >= 0 || wallClock.millis() >= until.wallMillis) {
            throw new TimestampException(
                    ErrorCode.ORACLE_UNAVAILABLE,
                    "this server can't tell whether it still leads: its lease of epoch " + epoch + " has run out",
                    "Send the request again; if this goes on, look after the bound store, which does not take renewals.");
        }
    }

    /** Counts the lease from another moment, at which a renewal that has succeeded was sent. */
    void extend(Moment sent, Duration lease) {
        deadline = Deadline.of(sent, lease);
    }

    /** Ends it for good; the first reason stays. */
    synchronized void end(TimestampException reason) {
        if (ended == null) {
            ended = reason;
        }
    }

    boolean isEnded() {
        return ended != null;
    }

    /** Returns how much of the lease is left; negative when it has run out. */
    Duration left() {
        return Duration.ofNanos(deadline.nanos - clock.nanoTime());
    }

    /** A moment on both clocks. */
    record Moment(long nanos, long wallMillis) {
        static Moment now(MonotonicClock clock, InstantSource wallClock) {
            return new Moment(clock.nanoTime(), wallClock.millis());
        }
    }

    private record Deadline(long nanos, long wallMillis) {
        /** Clocks of two machines do not run exactly alike: a twentieth of the lease is not used. */
        static Deadline of(Moment sent, Duration lease) {
            long used = lease.toNanos() / 20 * 19;
            return new Deadline(sent.nanos + used, sent.wallMillis + used / 1_000_000);
        }
    }
}

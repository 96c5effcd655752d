package dev.tidemark.timestamp.leader;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.kvs.time.PeriodicTasks;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.bound.LeaderRecord;
import dev.tidemark.timestamp.bound.SharedBoundStore;
import dev.tidemark.timestamp.leader.Term.Moment;
import dev.tidemark.timestamp.oracle.OracleSeams;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets this process lead when nobody else does. Thread-safe.
 *
 * <p>Why two never answer at a time: who leads counts its lease from before it sent the record that was taken; a candidate counts
 * the same lease from after it has read that record, and replaces exactly that one. So when a candidate's record is taken, no
 * record of the other one was taken meanwhile, and its lease had run out before. What it still has on its way to the store fails, as
 * the leader's record or, for a bound, the epoch in the state is another one.
 *
 * <p>A record whose outcome is not known may turn up later: it is told from others by its number, and counts from when it was
 * sent.
 */
final class LeaderElection implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LeaderElection.class);

    /** So often does a candidate look in a lease, and a leader see whether it has to renew. */
    private static final int TICKS_IN_A_LEASE = 10;

    /** A leader renews when so many ticks have passed. */
    private static final int TICKS_UNTIL_RENEWAL = 3;

    /** So many records are remembered whose outcome is not known; who has more of them gives up. */
    private static final int MAX_UNKNOWN = 100;

    private final SharedBoundStore store;
    private final Candidate self;
    private final MonotonicClock clock;
    private final InstantSource wallClock;
    private final PeriodicTasks tasks;
    private final TermListener listener;
    private PeriodicTasks.Registration registration;

    /** Records that were sent and not answered, oldest first. */
    private final Deque<Sent> unknown = new ArrayDeque<>();

    /** The record that was seen last, and when it was seen for the first time. */
    private volatile LeaderRecord seen;

    private long seenNanos;
    private boolean hasLooked;
    private long renewals;
    private int ticksSinceRenewal;

    /** This process's own term, or null. Its record is {@link #seen}. */
    private Term term;

    private boolean isClosed;
    private boolean isFailing;

    LeaderElection(SharedBoundStore store, Candidate self, OracleSeams seams, TermListener listener) {
        this.store = store;
        this.self = self;
        this.clock = seams.monotonicClock();
        this.wallClock = seams.clock();
        this.tasks = seams.periodicTasks();
        this.listener = listener;
    }

    /** Begins. */
    synchronized void start() {
        tick();
        registration = tasks.every("leader-election", self.lease().dividedBy(TICKS_IN_A_LEASE), this::tick);
    }

    /** Returns the leader's record as it was seen last. */
    Optional<LeaderRecord> seen() {
        return Optional.ofNullable(seen);
    }

    /** Renews the lease, or sees whether somebody has to be replaced. Never throws. */
    synchronized void tick() {
        if (isClosed) {
            return;
        }
        try {
            if (term == null) {
                watch();
            } else if (++ticksSinceRenewal >= TICKS_UNTIL_RENEWAL) {
                renew();
            }
            isFailing = false;
        } catch (RuntimeException e) {
            warn(e); // also a defect: an election that ended by one would leave nobody to lead
        }
    }

    /**
     * Has the store confirm that this process leads, whatever its clocks say.
     *
     * @throws TimestampException as {@link dev.tidemark.timestamp.oracle.Authority#check}
     */
    synchronized void confirm(Term confirmed) {
        if (term == confirmed && !isClosed) {
            renew();
        }
        confirmed.check();
    }

    /** Gives the lease up, so that another process can lead at once. Whoever calls it has stopped to issue before. */
    @Override
    public void close() {
        PeriodicTasks.Registration closing;
        synchronized (this) {
            closing = registration;
            registration = null;
            if (!isClosed && term != null) {
                release();
            }
            isClosed = true;
        }
        if (closing != null) {
            closing.close();
        }
    }

    private void release() {
        term.end(new TimestampException(
                ErrorCode.ORACLE_UNAVAILABLE, "this server is stopping", "Send the request to another server."));
        try {
            store.replaceLeader(Optional.of(seen), seen.released(++renewals));
        } catch (TimestampException e) {
            LOG.info("the lease of epoch {} was not given up and will run out: {}", term.epoch(), e.getMessage());
        }
        term = null;
    }

    private void watch() {
        Optional<LeaderRecord> found = store.leader();
        if (found.isEmpty()) {
            campaign(Optional.empty(), 1);
            return;
        }
        LeaderRecord record = found.get();
        Optional<Sent> own = unknownOf(record);
        if (own.isPresent()) {
            begin(record, own.get().at);
            return;
        }
        if (!hasLooked || !record.equals(seen)) {
            hasLooked = true;
            seen = record;
            seenNanos = clock.nanoTime(); // after it was read: it may have been written just before
        }
        boolean hasStoodStill = clock.nanoTime() - seenNanos >= record.lease().toNanos();
        if (record.isReleased() || hasStoodStill) {
            campaign(found, record.epoch() + 1);
        }
    }

    private void campaign(Optional<LeaderRecord> expected, long epoch) {
        LeaderRecord next = new LeaderRecord(epoch, ++renewals, self.id(), self.address(), self.lease(), false);
        Moment sent = Moment.now(clock, wallClock);
        if (replace(expected, next, sent)) {
            begin(next, sent);
        }
    }

    private void begin(LeaderRecord record, Moment sent) {
        unknown.clear();
        seen = record;
        ticksSinceRenewal = 0;
        term = new Term(record.epoch(), clock, wallClock, sent, record.lease());
        LOG.info("this server leads in epoch {}", record.epoch());
        listener.begun(term);
    }

    private void renew() {
        LeaderRecord next = seen.renewed(++renewals);
        Moment sent = Moment.now(clock, wallClock);
        if (replace(Optional.of(seen), next, sent)) {
            renewed(next, sent);
            return;
        }
        Optional<LeaderRecord> found = store.leader();
        Optional<Sent> own = found.flatMap(this::unknownOf);
        if (own.isPresent()) {
            renewed(found.get(), own.get().at);
        } else {
            lose(found);
        }
    }

    private void renewed(LeaderRecord record, Moment sent) {
        while (!unknown.isEmpty() && unknown.peek().record.renewal() <= record.renewal()) {
            unknown.remove();
        }
        seen = record;
        ticksSinceRenewal = 0;
        term.extend(sent, record.lease());
    }

    private void lose(Optional<LeaderRecord> winner) {
        TimestampException reason = new TimestampException(
                ErrorCode.NOT_LEADER,
                "this server does not lead any more; since epoch " + term.epoch() + " it was replaced by "
                        + winner.map(LeaderRecord::describe).orElse("nobody: the leader's record is gone"),
                "Send the request to the server that leads.");
        Term lost = term;
        lost.end(reason);
        term = null;
        unknown.clear();
        hasLooked = false;
        seen = winner.orElse(null);
        LOG.warn("{}", reason.getMessage());
        listener.ended(reason);
    }

    private boolean replace(Optional<LeaderRecord> expected, LeaderRecord next, Moment sent) {
        try {
            return store.replaceLeader(expected, next);
        } catch (RuntimeException e) {
            unknown.add(new Sent(next, sent));
            if (unknown.size() > MAX_UNKNOWN) {
                unknown.remove();
            }
            throw e;
        }
    }

    private Optional<Sent> unknownOf(LeaderRecord record) {
        return unknown.stream().filter(sent -> sent.record.equals(record)).findFirst();
    }

    private void warn(RuntimeException e) {
        if (!isFailing) {
            String what = term == null ? "read" : "renewed";
            if (e instanceof TimestampException) {
                LOG.warn("the leader's record can't be {}: {}", what, e.getMessage());
            } else {
                LOG.error("the leader's record can't be {}", what, e);
            }
        }
        isFailing = true;
    }

    /** A record that was sent, and when. */
    private record Sent(LeaderRecord record, Moment at) {}
}

package dev.tidemark.timestamp.leader;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.kvs.time.PeriodicTasks;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.bound.LeaderRecord;
import dev.tidemark.timestamp.bound.SharedBoundStore;
import dev.tidemark.timestamp.leader.Term.Moment;
import dev.tidemark.timestamp.oracle.LeadershipView;
import dev.tidemark.timestamp.oracle.LeadershipView.Counts;
import dev.tidemark.timestamp.oracle.LeadershipView.Server;
import dev.tidemark.timestamp.oracle.LeadershipView.State;
import dev.tidemark.timestamp.oracle.OracleSeams;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
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

    /** So long, in leases, does a process that has handed leadership over leave it to others. */
    private static final int LEASES_OF_REST = 2;

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

    private volatile long seenNanos;
    private boolean hasLooked;
    private long renewals;
    private int ticksSinceRenewal;

    /** This process's own term, or null. Its record is {@link #seen}. */
    private volatile Term term;

    /** Until this process has left leadership to others for long enough after it has handed it over. */
    private boolean isResting;

    private long restingSinceNanos;
    private final LongAdder elections = new LongAdder();
    private final LongAdder renewed = new LongAdder();
    private final LongAdder failures = new LongAdder();
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
            failures.increment();
            warn(e); // also a defect: an election that ended by one would leave nobody to lead
        }
    }

    /** Returns what is known, from memory. */
    LeadershipView view() {
        LeaderRecord record = seen;
        Term own = term;
        Counts counts = new Counts(elections.sum(), renewed.sum(), failures.sum());
        Server me = new Server(self.id(), self.address());
        if (own != null && !own.isEnded()) {
            Duration left = own.left();
            State state = left.isNegative() || left.isZero() ? State.LEASE_EXPIRED : State.LEADING;
            return new LeadershipView(me, state, own.epoch(), self.lease(), left, me, counts);
        }
        if (record == null) {
            return new LeadershipView(me, State.NOBODY_LEADS, 0, self.lease(), Duration.ZERO, Server.NONE, counts);
        }
        Duration silence = Duration.ofNanos(clock.nanoTime() - seenNanos);
        boolean isAlive = !record.isReleased()
                && !record.holder().equals(self.id())
                && silence.compareTo(record.lease().multipliedBy(2)) < 0;
        return new LeadershipView(
                me,
                isAlive ? State.FOLLOWING : State.NOBODY_LEADS,
                record.epoch(),
                self.lease(),
                Duration.ZERO,
                isAlive ? new Server(record.holder(), record.address()) : Server.NONE,
                counts);
    }

    /**
     * Gives the lease up and leaves leadership to others for two leases.
     *
     * @throws TimestampException {@link ErrorCode#NOT_ALLOWED_NOW} when this process does not lead
     */
    synchronized void handOver() {
        Term own = term;
        if (own == null || isClosed) {
            throw new TimestampException(
                    ErrorCode.NOT_ALLOWED_NOW,
                    "leadership can't be handed over: this server does not lead",
                    "Ask the server that leads; 'tidemark timestamp status' says which one.");
        }
        TimestampException reason = new TimestampException(
                ErrorCode.NOT_LEADER,
                "this server has handed leadership over after epoch " + own.epoch(),
                "Send the request to the server that leads.");
        isResting = true;
        restingSinceNanos = clock.nanoTime();
        own.end(reason); // before others can lead
        listener.ended(reason);
        release();
        unknown.clear();
        hasLooked = false;
        LOG.info("this server has handed leadership over after epoch {}", own.epoch());
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
        if (isResting && clock.nanoTime() - restingSinceNanos < self.lease().toNanos() * LEASES_OF_REST) {
            return;
        }
        isResting = false;
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
        elections.increment();
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
        renewed.increment();
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
        seenNanos = clock.nanoTime();
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

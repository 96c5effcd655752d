package dev.tidemark.timestamp.oracle;

import java.time.Duration;

/**
 * Who leads, as this process saw it at one moment; for people and measurements.
 *
 * @param self this process
 * @param state what it does
 * @param epoch of its own term, or of the leader's record that it has seen last; 0 when nobody is elected, or none was seen
 * @param lease how long a leader may issue without a renewal; zero when nobody is elected
 * @param leaseLeft what is left of the lease of this process, negative when it has run out; zero when it does not lead
 * @param leader who leads as far as this process knows; {@link Server#NONE} when it knows of nobody
 * @param counts what has happened since the start
 */
public record LeadershipView(
        Server self, State state, long epoch, Duration lease, Duration leaseLeft, Server leader, Counts counts) {
    /** Returns the view of a process that has the store for itself. */
    static LeadershipView sole() {
        return new LeadershipView(
                Server.NONE, State.SOLE, 0, Duration.ZERO, Duration.ZERO, Server.NONE, new Counts(0, 0, 0));
    }

    /** Tells whether this process issues timestamps as far as leadership goes. */
    public boolean isLeading() {
        return state == State.SOLE || state == State.LEADING;
    }

    /** What a process does. */
    public enum State {
        /** It issues; nobody else can have the store open. */
        SOLE,
        /** It was elected, and its lease has not run out. */
        LEADING,
        /** It was elected, and refuses to answer since its lease could not be renewed in time. */
        LEASE_EXPIRED,
        /** Another process leads and renews its lease. */
        FOLLOWING,
        /** It knows of nobody who leads. */
        NOBODY_LEADS
    }

    /**
     * A process.
     *
     * @param id of the process, another one after each start; empty for nobody
     * @param address where clients reach it; empty when it did not say
     */
    public record Server(String id, String address) {
        /** Nobody. */
        public static final Server NONE = new Server("", "");
    }

    /**
     * What has happened in this process.
     *
     * @param elections terms that it has begun
     * @param renewals renewals of its lease that have succeeded
     * @param failures attempts to read or write the leader's record that have failed
     */
    public record Counts(long elections, long renewals, long failures) {}
}

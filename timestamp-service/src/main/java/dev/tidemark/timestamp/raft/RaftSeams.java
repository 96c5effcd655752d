package dev.tidemark.timestamp.raft;

import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.kvs.time.Sleeper;

/**
 * The times of a {@link RaftBoundStore}; Ratis has its own.
 *
 * @param clock measures how long it has waited
 * @param sleeper waits between attempts
 */
public record RaftSeams(MonotonicClock clock, Sleeper sleeper) {
    /** Returns those of the running system. */
    public static RaftSeams system() {
        return new RaftSeams(MonotonicClock.system(), Sleeper.system());
    }
}

package dev.tidemark.coordinator.operation;

import java.time.Duration;
import java.time.Instant;

/**
 * The last entry of a namespace's lock as anybody can see it who does not take it.
 *
 * @param sequence number of the entry; grows with each renewal
 * @param epoch fencing epoch of the holder
 * @param operationId operation that holds or held the lock
 * @param type type of this operation
 * @param host who wrote the entry, for people to read
 * @param writtenAt when, by the writer's clock, which may differ from that of whoever looks
 * @param state whether somebody holds it
 * @param lease for how long it is held without a further entry; zero when nobody holds it
 */
public record LockView(
        long sequence,
        long epoch,
        String operationId,
        String type,
        String host,
        Instant writtenAt,
        State state,
        Duration lease) {
    static LockView of(LockEntry entry) {
        return new LockView(
                entry.sequence(),
                entry.epoch(),
                entry.operationId(),
                entry.type(),
                entry.host(),
                entry.at(),
                State.valueOf(entry.kind().name()),
                Duration.ofMillis(entry.leaseMillis()));
    }

    /** Tells whether two looks have seen the same entry. */
    public boolean isSameEntry(LockView other) {
        return sequence == other.sequence && epoch == other.epoch;
    }

    /** What an entry says. */
    public enum State {
        /** A process works on the operation, or did when it wrote this. */
        HELD,
        /** Nobody holds the lock, and the operation waits to be resumed or cancelled. */
        SUSPENDED,
        /** Nobody holds the lock, and the operation has ended. */
        RELEASED
    }
}

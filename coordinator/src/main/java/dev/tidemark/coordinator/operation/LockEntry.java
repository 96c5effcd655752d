package dev.tidemark.coordinator.operation;

import java.time.Instant;

/**
 * One entry in the row of a namespace's lock. The entry with the greatest sequence number says who holds the lock.
 *
 * @param sequence number in the row, from 1 without gaps
 * @param kind whether the lock is held, free with its operation unfinished, or free
 * @param epoch fencing epoch of the holder; strictly greater than that of every earlier holder
 * @param operationId operation that holds or held the lock
 * @param type type of this operation
 * @param host who wrote the entry, for people to read; decides nothing
 * @param at when it was written by its writer's clock, for people to read; decides nothing
 * @param leaseMillis for how long the lock is held without a further entry, measured by whoever waits for it
 */
record LockEntry(
        long sequence,
        Kind kind,
        long epoch,
        String operationId,
        String type,
        String host,
        Instant at,
        long leaseMillis) {
    LockEntry {
        if (sequence < 1 || epoch < 1 || leaseMillis < 0) {
            throw new IllegalArgumentException("lock entry: sequence " + sequence + ", epoch " + epoch + ", lease "
                    + leaseMillis + " ms (expected: >= 1, >= 1, >= 0)");
        }
    }

    OperationIdentity operation() {
        return new OperationIdentity(operationId, type);
    }

    enum Kind {
        /** A process works on the operation. */
        HELD,
        /** Nobody holds the lock, and the operation waits to be resumed or cancelled. */
        SUSPENDED,
        /** Nobody holds the lock, and the operation has ended. */
        RELEASED
    }
}

package dev.tidemark.timestamp.cassandra;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.TimestampException;

/** The errors after which nothing that the store says is believed any more. */
final class BoundDamage {
    private BoundDamage() {}

    /** What was acknowledged before is not there any more. */
    static TimestampException wentBack(String what, Object found, Object seen) {
        return new TimestampException(
                ErrorCode.BOUND_STORE_DAMAGED,
                what + " is " + found + ", after it was " + seen + " (expected: never to go back)",
                "Find out who has written to the keyspace, restored it or emptied it; then fast-forward every namespace above "
                        + "whatever its clients have seen, and restart.");
    }

    /** A change was carried out and can't be seen: what it replaces was written by a clock that was ahead. */
    static TimestampException notTaken(String what, Object found, Object written) {
        return new TimestampException(
                ErrorCode.BOUND_STORE_DAMAGED,
                what + " is still " + found + " after it was replaced by " + written
                        + ": it was written at a time that the clocks of the nodes have not reached",
                "Set the clocks of the Cassandra nodes right, or wait until they have passed that time, then restart.");
    }

    /** A row has values that this store does not write. */
    static TimestampException unreadable(String what, RuntimeException cause) {
        return new TimestampException(
                ErrorCode.BOUND_STORE_DAMAGED,
                what + " can't be read: " + cause.getMessage(),
                "Find out who has written to the keyspace besides timestamp services.",
                cause);
    }
}

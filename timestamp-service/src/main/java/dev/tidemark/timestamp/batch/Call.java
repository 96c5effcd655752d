package dev.tidemark.timestamp.batch;

import dev.tidemark.timestamp.TimestampException;

/** One caller's wish for timestamps. It is given them or fails, once, by whoever ends its batch. */
abstract sealed class Call permits WaitingCall, PromisedCall {
    private final int count;
    private final long arrivalNanos;

    /** How many timestamps of the batch go to calls before this one. */
    private int offset;

    /**
     * Creates a call.
     *
     * @param count how many timestamps are wanted, 1..10,000
     * @param arrivalNanos when, on the client's clock
     */
    Call(int count, long arrivalNanos) {
        this.count = count;
        this.arrivalNanos = arrivalNanos;
    }

    final int count() {
        return count;
    }

    final long arrivalNanos() {
        return arrivalNanos;
    }

    final void follow(int timestampsBefore) {
        offset = timestampsBefore;
    }

    /** Gives the call its share of a batch whose first timestamp is {@code first}. */
    final void give(long first) {
        end(first + offset);
    }

    /** Tells whether nobody wants the timestamps any more. */
    abstract boolean isAbandoned();

    /** Gives the timestamps from {@code lower} on. */
    abstract void end(long lower);

    abstract void fail(TimestampException failure);
}

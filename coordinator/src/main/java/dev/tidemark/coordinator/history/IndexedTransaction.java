package dev.tidemark.coordinator.history;

import dev.tidemark.coordinator.history.HistoryTransaction.Outcome;
import dev.tidemark.kvs.Bytes;
import java.nio.ByteBuffer;

/**
 * What the index keeps of a transaction.
 *
 * @param line where it is in the file
 * @param store number of its store in the header, from 0
 * @param commit as in the history, {@link HistoryTransaction#NO_COMMIT} included
 * @param hasWrites whether it wrote anything, so that it has an entry if it committed
 */
record IndexedTransaction(long line, int store, long start, long commit, Outcome outcome, boolean hasWrites) {
    private static final int BYTES = 3 * Long.BYTES + Integer.BYTES + 2;

    Bytes encode() {
        return Bytes.wrap(ByteBuffer.allocate(BYTES)
                .putLong(line)
                .putLong(start)
                .putLong(commit)
                .putInt(store)
                .put((byte) outcome.ordinal())
                .put((byte) (hasWrites ? 1 : 0))
                .array());
    }

    static IndexedTransaction decode(Bytes value) {
        ByteBuffer buffer = value.toBuffer();
        long line = buffer.getLong();
        long start = buffer.getLong();
        long commit = buffer.getLong();
        int store = buffer.getInt();
        return new IndexedTransaction(line, store, start, commit, Outcome.values()[buffer.get()], buffer.get() == 1);
    }

    /** Tells whether the history says that it is committed at or below the timestamp. */
    boolean isCommittedAt(long timestamp) {
        return outcome == Outcome.COMMITTED && commit != HistoryTransaction.NO_COMMIT && commit <= timestamp;
    }
}

package dev.tidemark.kvs.transactiontable;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.TableName;

/** Schema 2: cells as in {@link Tickets}, value the commit minus the start timestamp as {@link VarLong}; aborted is empty. */
final class TicketsEncoding implements TransactionsEncoding {
    static final TicketsEncoding INSTANCE = new TicketsEncoding();

    private TicketsEncoding() {}

    @Override
    public TableName table() {
        return Tickets.TABLE;
    }

    @Override
    public Cell cellOf(long startTimestamp) {
        return Tickets.cellOf(startTimestamp);
    }

    @Override
    public long startTimestampOf(Cell cell) {
        return Tickets.startTimestampOf(cell);
    }

    @Override
    public Bytes encode(long startTimestamp, TransactionState state) {
        if (state instanceof TransactionState.Committed committed) {
            return encodeCommit(startTimestamp, committed.commitTimestamp());
        }
        if (state instanceof TransactionState.Aborted) {
            return Bytes.EMPTY;
        }
        throw new IllegalArgumentException("state: " + state + " (expected: committed or aborted)");
    }

    @Override
    public TransactionState decode(long startTimestamp, Bytes value) {
        if (value.isEmpty()) {
            return TransactionState.ABORTED;
        }
        long commit = startTimestamp + TransactionsEncoding.number(2, startTimestamp, value, 0);
        return TransactionsEncoding.committed(2, startTimestamp, commit, value);
    }

    static Bytes encodeCommit(long startTimestamp, long commitTimestamp) {
        return VarLong.encode(commitTimestamp - startTimestamp);
    }
}

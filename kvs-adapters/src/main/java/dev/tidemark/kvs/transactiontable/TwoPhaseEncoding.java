package dev.tidemark.kvs.transactiontable;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.TableName;

/**
 * Schema 3: cells as in {@link Tickets}, value that of schema 2 followed by one byte: 0 while the commit is staging, 1 when it
 * is decided. Aborted is the empty value of schema 2 followed by 1. An aborted value that is staging (00) is written by nobody
 * here, and read as aborted, since its outcome can be no other.
 */
final class TwoPhaseEncoding implements TransactionsEncoding {
    static final TwoPhaseEncoding INSTANCE = new TwoPhaseEncoding();

    private static final Bytes STAGING = Bytes.wrap(new byte[] {0});
    private static final Bytes COMMITTED = Bytes.wrap(new byte[] {1});

    private TwoPhaseEncoding() {}

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
            return TicketsEncoding.encodeCommit(startTimestamp, committed.commitTimestamp())
                    .concat(COMMITTED);
        }
        if (state instanceof TransactionState.Staging staging) {
            return TicketsEncoding.encodeCommit(startTimestamp, staging.commitTimestamp())
                    .concat(STAGING);
        }
        return COMMITTED;
    }

    @Override
    public TransactionState decode(long startTimestamp, Bytes value) {
        if (value.equals(COMMITTED) || value.equals(STAGING)) {
            return TransactionState.ABORTED;
        }
        long commit = startTimestamp + TransactionsEncoding.number(3, startTimestamp, value, 1);
        TransactionState.Committed committed =
                (TransactionState.Committed) TransactionsEncoding.committed(3, startTimestamp, commit, value);
        return switch (value.at(value.length() - 1)) {
            case 0 -> TransactionState.staging(committed.commitTimestamp());
            case 1 -> committed;
            default -> throw TransactionsEncoding.notOf(3, startTimestamp, value);
        };
    }
}

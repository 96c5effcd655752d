package dev.tidemark.kvs.transactiontable;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;

/**
 * Schema 1: row is the start timestamp, column {@code t}, value the commit timestamp, both as {@link VarLong}; aborted is -1.
 * Rows are in the order of the start timestamps.
 */
final class DirectEncoding implements TransactionsEncoding {
    static final DirectEncoding INSTANCE = new DirectEncoding();
    static final Bytes COLUMN = Bytes.utf8("t");

    private static final TableName TABLE = TableName.of("_transactions");
    private static final long ABORTED = -1;

    private DirectEncoding() {}

    @Override
    public TableName table() {
        return TABLE;
    }

    @Override
    public Cell cellOf(long startTimestamp) {
        return Cell.of(VarLong.encode(startTimestamp), COLUMN);
    }

    @Override
    public long startTimestampOf(Cell cell) {
        long start = VarLong.decode(cell.row());
        if (start < 1
                || VarLong.length(cell.row()) != cell.row().length()
                || !cell.column().equals(COLUMN)) {
            throw new KeyValueStoreException(
                    ErrorCode.STORE_DAMAGED,
                    "table '" + TABLE + "' has the cell " + cell + " (expected: a start timestamp and column 't')",
                    "Check that the table is a transactions table of schema 1.");
        }
        return start;
    }

    @Override
    public Bytes encode(long startTimestamp, TransactionState state) {
        if (state instanceof TransactionState.Committed committed) {
            return VarLong.encode(committed.commitTimestamp());
        }
        if (state instanceof TransactionState.Aborted) {
            return VarLong.encode(ABORTED);
        }
        throw new IllegalArgumentException("state: " + state + " (expected: committed or aborted)");
    }

    @Override
    public TransactionState decode(long startTimestamp, Bytes value) {
        long commit = TransactionsEncoding.number(1, startTimestamp, value, 0);
        return commit == ABORTED
                ? TransactionState.ABORTED
                : TransactionsEncoding.committed(1, startTimestamp, commit, value);
    }
}

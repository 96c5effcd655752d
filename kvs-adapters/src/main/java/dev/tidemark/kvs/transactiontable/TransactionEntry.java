package dev.tidemark.kvs.transactiontable;

import java.util.Objects;

/**
 * One entry of the transactions table.
 *
 * @param startTimestamp start timestamp of the transaction, &gt;= 1
 */
public record TransactionEntry(long startTimestamp, TransactionState state) {
    /** Checks both parts. */
    public TransactionEntry {
        Objects.requireNonNull(state, "state");
        if (startTimestamp < 1) {
            throw new IllegalArgumentException("startTimestamp: " + startTimestamp + " (expected: >= 1)");
        }
    }
}

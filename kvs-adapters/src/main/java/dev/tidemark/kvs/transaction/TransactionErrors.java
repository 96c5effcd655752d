package dev.tidemark.kvs.transaction;

import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;

/** The operating errors of the protocol, worded once. */
final class TransactionErrors {
    private static final String AGAIN = "Run the transaction again.";

    private TransactionErrors() {}

    static KeyValueStoreException conflict(long start, long other, TableName table, Cell cell) {
        return new KeyValueStoreException(
                ErrorCode.TRANSACTION_CONFLICT,
                "transaction " + start + " was rolled back: transaction " + other + " wrote " + place(table, cell)
                        + " meanwhile",
                AGAIN);
    }

    static KeyValueStoreException rolledBack(long start) {
        return new KeyValueStoreException(
                ErrorCode.TRANSACTION_CONFLICT,
                "transaction " + start + " was rolled back by a reader before it had committed",
                AGAIN);
    }

    static KeyValueStoreException entryNotPut(long start, RuntimeException cause) {
        return new KeyValueStoreException(
                ErrorCode.TRANSACTION_CONFLICT,
                "transaction " + start + " was rolled back: putting its entry failed: " + cause.getMessage(),
                AGAIN,
                cause);
    }

    static KeyValueStoreException versionGone(long start, TableName table, Cell cell) {
        return new KeyValueStoreException(
                ErrorCode.LEASE_LOST,
                "transaction " + start + " was rolled back: the version that it wrote to " + place(table, cell)
                        + " is gone",
                AGAIN);
    }

    static KeyValueStoreException leaseLost(long start, String when) {
        return new KeyValueStoreException(
                ErrorCode.LEASE_LOST,
                "transaction " + start + " was rolled back: its lease on the immutable timestamp was lost " + when,
                AGAIN);
    }

    static KeyValueStoreException unknownOutcome(long start, RuntimeException cause) {
        return new KeyValueStoreException(
                ErrorCode.STORE_UNAVAILABLE,
                "the outcome of transaction " + start
                        + " is unknown: putting its entry failed and so did asking for it: " + cause.getMessage(),
                "Read what the transaction has written before you run it again.",
                cause);
    }

    static KeyValueStoreException undecidable(long start, int tries) {
        return new KeyValueStoreException(
                ErrorCode.STORE_UNAVAILABLE,
                "the entry of transaction " + start + " changed " + tries + " times while it was being decided",
                AGAIN);
    }

    static KeyValueStoreException tooLarge(long start, String what, long limit) {
        return new KeyValueStoreException(
                ErrorCode.INVALID_INPUT,
                "transaction " + start + " writes more than " + limit + " " + what,
                "Split the work into several transactions, or raise the limit.");
    }

    static KeyValueStoreException tooManyOpen(int limit) {
        return new KeyValueStoreException(
                ErrorCode.NOT_ALLOWED_NOW,
                "there are " + limit + " open transactions (expected: fewer than " + limit + ")",
                "Commit or close every transaction that was begun, or raise the limit.");
    }

    static KeyValueStoreException interrupted(String what, InterruptedException cause) {
        return new KeyValueStoreException(ErrorCode.INTERRUPTED, "interrupted while " + what, "", cause);
    }

    private static String place(TableName table, Cell cell) {
        return "row '" + cell.row() + "' column '" + cell.column() + "' of table '" + table + "'";
    }
}

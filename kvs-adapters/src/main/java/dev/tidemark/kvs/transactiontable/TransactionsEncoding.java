package dev.tidemark.kvs.transactiontable;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;

/**
 * How one of AtlasDB's transactions schemas writes an entry: in which table and cell, and as which bytes. Stateless.
 *
 * <p>All three agree that the version timestamp is 0 and that a missing cell means that the transaction still runs.
 */
public sealed interface TransactionsEncoding permits DirectEncoding, TicketsEncoding, TwoPhaseEncoding {
    /**
     * Returns the encoding of a schema version.
     *
     * @throws KeyValueStoreException {@link ErrorCode#UNKNOWN_TRANSACTIONS_SCHEMA} for any but 1, 2 and 3
     */
    static TransactionsEncoding ofSchema(int version) {
        return switch (version) {
            case 1 -> DirectEncoding.INSTANCE;
            case 2 -> TicketsEncoding.INSTANCE;
            case 3 -> TwoPhaseEncoding.INSTANCE;
            default ->
                throw new KeyValueStoreException(
                        ErrorCode.UNKNOWN_TRANSACTIONS_SCHEMA,
                        "transactions schema version " + version + " is not known (expected: 1, 2 or 3)",
                        "Use a version of Tidemark that supports this schema; nothing was changed.");
        };
    }

    /** Returns the table that holds the entries. */
    TableName table();

    /** Returns the cell of a transaction. */
    Cell cellOf(long startTimestamp);

    /**
     * Returns the start timestamp whose cell this is.
     *
     * @throws KeyValueStoreException {@link ErrorCode#STORE_DAMAGED} when it is the cell of none
     */
    long startTimestampOf(Cell cell);

    /**
     * Encodes a state.
     *
     * @throws IllegalArgumentException when the schema has no such state
     */
    Bytes encode(long startTimestamp, TransactionState state);

    /**
     * Decodes a state.
     *
     * @throws KeyValueStoreException {@link ErrorCode#UNKNOWN_TRANSACTIONS_SCHEMA} when the value is none of this schema
     */
    TransactionState decode(long startTimestamp, Bytes value);

    /** Decodes a commit timestamp and checks that it fits the transaction. */
    static TransactionState committed(int version, long startTimestamp, long commitTimestamp, Bytes value) {
        if (commitTimestamp <= startTimestamp) {
            throw notOf(version, startTimestamp, value);
        }
        return TransactionState.committed(commitTimestamp);
    }

    /**
     * Decodes the number that makes up a value but for its last bytes.
     *
     * @param suffixBytes how many bytes follow the number
     */
    static long number(int version, long startTimestamp, Bytes value, int suffixBytes) {
        try {
            if (VarLong.length(value) == value.length() - suffixBytes) {
                return VarLong.decode(value);
            }
        } catch (KeyValueStoreException e) {
            throw notOf(version, startTimestamp, value);
        }
        throw notOf(version, startTimestamp, value);
    }

    /** Returns the error for a value that this schema does not write. */
    static KeyValueStoreException notOf(int version, long startTimestamp, Bytes value) {
        return new KeyValueStoreException(
                ErrorCode.UNKNOWN_TRANSACTIONS_SCHEMA,
                "the entry of transaction " + startTimestamp + " is '" + value
                        + "' (expected: a value of transactions schema " + version + ")",
                "Check which transactions schema applies to this start timestamp; nothing was changed.");
    }
}

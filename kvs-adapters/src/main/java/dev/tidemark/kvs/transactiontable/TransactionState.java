package dev.tidemark.kvs.transactiontable;

/** What the transactions table says of one transaction; the absence of an entry means that it is still running. */
public sealed interface TransactionState {
    /** The transaction's outcome is decided: it is visible to every start timestamp above this commit timestamp. */
    record Committed(long commitTimestamp) implements TransactionState {}

    /**
     * The first phase of a commit of schema 3: it becomes {@link Committed} with this timestamp as soon as a reader or its
     * own client confirms it, unless it is aborted before.
     */
    record Staging(long commitTimestamp) implements TransactionState {}

    /** The transaction never becomes visible. */
    record Aborted() implements TransactionState {}

    /** The one value of {@link Aborted}. */
    TransactionState ABORTED = new Aborted();

    /** Returns the state of a transaction that committed at the timestamp. */
    static TransactionState committed(long commitTimestamp) {
        return new Committed(commitTimestamp);
    }

    /** Returns the state of a transaction that is about to commit at the timestamp. */
    static TransactionState staging(long commitTimestamp) {
        return new Staging(commitTimestamp);
    }
}

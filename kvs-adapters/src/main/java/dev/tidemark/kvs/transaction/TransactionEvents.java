package dev.tidemark.kvs.transaction;

/**
 * Is told how far the commit of a transaction has got, on the thread that commits. Simulations stop a client at the exact
 * point by it; an application has no need of it.
 *
 * <p>An exception makes the commit fail there, and the transaction is rolled back as after any other error. An
 * {@link Error} stands for the death of the client: nothing is rolled back and no lease is unlocked, it is only not refreshed
 * any more.
 */
public interface TransactionEvents {
    /** Listens to nothing. */
    TransactionEvents NONE = new TransactionEvents() {};

    /** All cells are written; nobody has looked for conflicts yet. */
    default void afterCellsWritten(long startTimestamp) {}

    /** No conflict was found; there is no commit timestamp yet. */
    default void afterConflictCheck(long startTimestamp) {}

    /** The oracle has issued the commit timestamp; the lease is not checked yet. */
    default void afterCommitTimestamp(long startTimestamp, long commitTimestamp) {}

    /** The lease was alive just before; the entry is put next. */
    default void beforeEntry(long startTimestamp, long commitTimestamp) {}

    /** Schema 3 only: the entry says staging; it is turned into committed next. */
    default void afterStaging(long startTimestamp, long commitTimestamp) {}

    /** The transaction is committed; its lease is not unlocked yet. */
    default void afterEntry(long startTimestamp, long commitTimestamp) {}
}

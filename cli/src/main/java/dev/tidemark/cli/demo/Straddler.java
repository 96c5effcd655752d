package dev.tidemark.cli.demo;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.transaction.Transaction;
import dev.tidemark.kvs.transaction.TransactionalStore;

/**
 * A deliberately long transaction: it starts before a backup and commits after the backup timestamp, in accounts and a pair
 * that nobody else uses. Others forget exactly these when they restore. Not thread-safe.
 */
final class Straddler {
    private static final long FIRST_ID = 1L << 60;

    private final Transaction transaction;
    private final TransferHistory history;
    private final long id;
    private long commitTimestamp;

    private Straddler(Transaction transaction, TransferHistory history, long id) {
        this.transaction = transaction;
        this.history = history;
        this.id = id;
    }

    /**
     * Begins the transaction with this number.
     *
     * @param number 0..{@link WorkloadTables#RESERVED_ACCOUNTS} / 2 - 1, each used once in a store
     */
    static Straddler begin(TransactionalStore store, WorkloadSettings settings, TransferHistory history, int number) {
        Transaction transaction = store.begin();
        long from = settings.accounts() + 2L * number;
        WorkloadClient.transfer(transaction, FIRST_ID + number, from, from + 1, 100);
        Bytes value = Bytes.ofLong(FIRST_ID + number);
        transaction.put(WorkloadTables.LEFT, WorkloadTables.cell(settings.pairs() + (long) number), value);
        transaction.put(WorkloadTables.RIGHT, WorkloadTables.cell(settings.pairs() + (long) number), value);
        return new Straddler(transaction, history, FIRST_ID + number);
    }

    long startTimestamp() {
        return transaction.startTimestamp();
    }

    /** Commits it, if that has not happened. */
    void commit() {
        if (commitTimestamp == 0) {
            commitTimestamp = transaction.commit().orElseThrow();
            history.acknowledged(id, commitTimestamp);
        }
    }

    /** Returns its commit timestamp, 0 before the commit. */
    long commitTimestamp() {
        return commitTimestamp;
    }

    /** Returns the id of its transfer. */
    long id() {
        return id;
    }
}

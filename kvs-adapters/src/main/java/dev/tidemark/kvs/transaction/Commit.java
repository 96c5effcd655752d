package dev.tidemark.kvs.transaction;

import dev.tidemark.kvs.CellStore;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.kvs.transaction.LeaseKeeper.HeldLease;
import dev.tidemark.kvs.transactiontable.CellTransactionTable;
import dev.tidemark.kvs.transactiontable.TransactionState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The commit of one transaction. Its steps stand in the only order that is right:
 *
 * <ol>
 *   <li><b>Write all cells</b> at the start timestamp S. Nobody sees them: S has no entry.
 *   <li><b>Check for conflicts</b>, see {@link ConflictCheck}; after the writes, so that of two writers at least one sees
 *       the other.
 *   <li><b>Fetch the commit timestamp C</b>; after the writes, because whoever starts above C, and every backup timestamp
 *       above C, must find every cell.
 *   <li><b>Check the lease.</b> The oracle must confirm that the lease from before S has lived until after C. While it lived,
 *       the sweeper removed no version that was read at S and none that was written at S, and no restore or rewind has
 *       begun since, because a fence ends every lease. A client that was stopped for an hour fails here, before it can
 *       make visible what was half taken away. The answer is good for no longer than a lease lasts.
 *   <li><b>Put the entry</b> S -> C, unless there is one. This decides the transaction. A reader that came across a cell
 *       meanwhile may have put the entry that says aborted; then the transaction is rolled back. Schema 3 puts staging and then
 *       turns it into committed; staging counts, because whoever reads it confirms it.
 *   <li><b>Unlock the lease</b>: what the oracle waits for before it calls a timestamp at or above C settled.
 * </ol>
 *
 * <p>When putting the entry fails with an error, the entry may be there, not be there, or arrive later. Asking would not
 * tell the second from the third. So the transaction is decided by putting aborted unless there is an entry: either its own
 * entry is found, and it is committed, or it never will be. If that fails too, the outcome is unknown; then the lease
 * is not unlocked but left to run out, so that the oracle does not call C settled while an entry may still be on its way.
 *
 * <p>A client that has lost its lease writes nothing more, not even that it is aborted; others find that out.
 *
 * <p>What is left is a client that is stopped after the lease check, within the put of the entry, for longer than a restore or
 * rewind takes: its entry is a single put-unless-exists that the store has accepted or not. The fence leaves the leases'
 * holders no time to notice, so whoever restores in place must cut the clients' access to the store, as the embedded
 * store does by being open in one process only.
 */
final class Commit {
    private static final Logger log = LoggerFactory.getLogger(Commit.class);

    private final CellStore cells;
    private final CellTransactionTable table;
    private final TransactionOracle oracle;
    private final LeaseKeeper leases;
    private final TransactionEvents events;

    Commit(
            CellStore cells,
            CellTransactionTable table,
            TransactionOracle oracle,
            LeaseKeeper leases,
            TransactionEvents events) {
        this.cells = cells;
        this.table = table;
        this.oracle = oracle;
        this.leases = leases;
        this.events = events;
    }

    /**
     * Commits.
     *
     * @return the commit timestamp
     * @throws UnknownOutcome when the transaction may or may not be committed; after any other exception it is not and never
     *     will be
     */
    long run(long start, HeldLease lease, WriteBuffer writes, Outcomes outcomes) throws UnknownOutcome {
        long commit;
        try {
            writes.forEach((name, values) -> cells.put(name, values, start));
            events.afterCellsWritten(start);
            ConflictCheck conflicts = new ConflictCheck(cells, outcomes, start);
            writes.forEach((name, values) -> conflicts.requireNone(name, values.keySet()));
            events.afterConflictCheck(start);
            commit = oracle.commitTimestamp(lease.token());
            events.afterCommitTimestamp(start, commit);
            LeaseKeeper.Liveness liveness = leases.check(lease);
            events.beforeEntry(start, commit);
            if (!liveness.isAliveNow()) {
                throw TransactionErrors.leaseLost(start, "before it had committed");
            }
        } catch (RuntimeException e) {
            rollBack(start, e);
            throw e;
        }
        putEntry(start, commit);
        return commit;
    }

    private void putEntry(long start, long commit) throws UnknownOutcome {
        boolean isStaged = table.schemaVersionAt(start) == 3;
        TransactionState proposal = isStaged ? TransactionState.staging(commit) : TransactionState.committed(commit);
        TransactionState entry;
        try {
            entry = table.propose(start, proposal).orElse(proposal);
        } catch (RuntimeException e) {
            entry = settle(start, e);
            if (entry.equals(TransactionState.ABORTED)) {
                throw TransactionErrors.entryNotPut(start, e);
            }
        }
        if (entry.equals(TransactionState.ABORTED)) {
            throw TransactionErrors.rolledBack(start);
        }
        if (entry instanceof TransactionState.Staging) {
            events.afterStaging(start, commit);
            confirm(start, commit);
        }
    }

    /** Returns the entry, which is final when it is aborted. */
    private TransactionState settle(long start, RuntimeException cause) throws UnknownOutcome {
        try {
            return table.propose(start, TransactionState.ABORTED).orElse(TransactionState.ABORTED);
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
            throw new UnknownOutcome(cause);
        }
    }

    /** Staging was put, so the transaction is committed whether or not this succeeds: the next reader would do it. */
    private void confirm(long start, long commit) {
        try {
            table.replace(start, TransactionState.staging(commit), TransactionState.committed(commit));
        } catch (RuntimeException e) {
            log.warn("the entry of transaction {} still says staging; the next reader confirms it", start, e);
        }
    }

    /** Saves others the wait for a transaction that they would have to roll back. */
    private void rollBack(long start, RuntimeException cause) {
        if (cause instanceof TidemarkException e
                && (e.code() == ErrorCode.LEASE_LOST || e.code() == ErrorCode.NAMESPACE_FENCED)) {
            return;
        }
        try {
            table.propose(start, TransactionState.ABORTED);
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
        }
    }

    /** The transaction may be committed or not. */
    static final class UnknownOutcome extends Exception {
        private static final long serialVersionUID = 1L;

        private final RuntimeException failure;

        private UnknownOutcome(RuntimeException failure) {
            super(failure);
            this.failure = failure;
        }

        RuntimeException failure() {
            return failure;
        }
    }
}

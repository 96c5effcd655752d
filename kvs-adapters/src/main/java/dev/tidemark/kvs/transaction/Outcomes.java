package dev.tidemark.kvs.transaction;

import dev.tidemark.kvs.transactiontable.CellTransactionTable;
import dev.tidemark.kvs.transactiontable.TransactionState;
import java.time.Duration;
import java.util.Optional;

/**
 * Finds out how transactions ended, and decides those that are undecided: one without an entry is rolled back by putting
 * the entry that says aborted, unless its client or somebody else was first; one that is staging is confirmed. Every
 * answer is {@link TransactionState.Committed} or {@link TransactionState.Aborted} and final. Thread-safe.
 */
final class Outcomes {
    private static final int MAX_CACHED = 10_000;
    private static final int MAX_TRIES = 10;
    private static final Duration FIRST_WAIT = Duration.ofMillis(1);

    private final CellTransactionTable table;
    private final EntryCache cache = new EntryCache(MAX_CACHED);
    private final Waiting waiting;
    private final Duration patience;
    private final long runningFrom;

    /**
     * Creates outcomes for the work under one lease.
     *
     * @param patience how long {@link #await} waits for a transaction
     * @param runningFrom transactions that started below it have ended, and nobody waits for them
     */
    Outcomes(CellTransactionTable table, Waiting waiting, Duration patience, long runningFrom) {
        this.table = table;
        this.waiting = waiting;
        this.patience = patience;
        this.runningFrom = runningFrom;
    }

    /** Creates outcomes that wait for nobody. */
    static Outcomes withoutWaiting(CellTransactionTable table) {
        return new Outcomes(table, Waiting.NEVER, Duration.ZERO, Long.MAX_VALUE);
    }

    /** Returns the outcome; gives a transaction that may be committing just now the time to end by itself. */
    TransactionState await(long start) {
        TransactionState cached = cache.get(start);
        if (cached != null) {
            return cached;
        }
        Optional<TransactionState> state = table.read(start);
        Duration waited = Duration.ZERO;
        Duration wait = FIRST_WAIT;
        while (state.isEmpty() && start >= runningFrom && waited.plus(wait).compareTo(patience) <= 0) {
            waiting.sleep(wait, "waiting for another transaction");
            waited = waited.plus(wait);
            wait = wait.multipliedBy(2);
            state = table.read(start);
        }
        return decide(start, state);
    }

    /** Returns the outcome; rolls an undecided transaction back at once. */
    TransactionState force(long start) {
        TransactionState cached = cache.get(start);
        return cached != null ? cached : decide(start, table.read(start));
    }

    private TransactionState decide(long start, Optional<TransactionState> seen) {
        Optional<TransactionState> state = seen;
        for (int tries = 0; tries < MAX_TRIES; tries++) {
            if (state.isEmpty()) {
                state = Optional.of(
                        table.propose(start, TransactionState.ABORTED).orElse(TransactionState.ABORTED));
            }
            if (state.get() instanceof TransactionState.Staging staging) {
                TransactionState committed = TransactionState.committed(staging.commitTimestamp());
                state = table.replace(start, staging, committed) ? Optional.of(committed) : table.read(start);
                continue;
            }
            cache.put(start, state.get());
            return state.get();
        }
        throw TransactionErrors.undecidable(start, MAX_TRIES);
    }
}

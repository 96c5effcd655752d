package dev.tidemark.coordinator.history;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.kvs.ErrorCode;

/** Counts what one check looks at, and shows how far it is. Not thread-safe. */
final class Tally {
    private static final int INTERVAL = 1_000;

    private final OperationListener listener;
    private final String name;
    private String step = "";
    private long done;

    long transactions;
    long committed;
    long above;
    long unknownCommitted;
    long unknownNotCommitted;
    long reads;
    long cells;
    long olderThanHistory;

    Tally(OperationListener listener, String name) {
        this.listener = listener;
        this.name = name;
    }

    void begin(String newStep) {
        step = newStep;
        done = 0;
        listener.stepStarted(name, step);
    }

    /** Counts one more item of the step; stops when the thread was interrupted. */
    void step() {
        if (++done % INTERVAL == 0) {
            if (Thread.currentThread().isInterrupted()) {
                throw new CoordinatorException(ErrorCode.INTERRUPTED, "interrupted while checking a history", "");
            }
            listener.progress(name, step, 0, 0, done);
        }
    }

    void end() {
        listener.progress(name, step, 0, 0, done);
        listener.stepFinished(name, step);
    }

    HistoryVerdict.Counts counts() {
        return new HistoryVerdict.Counts(
                transactions, committed, above, unknownCommitted, unknownNotCommitted, reads, cells, olderThanHistory);
    }
}

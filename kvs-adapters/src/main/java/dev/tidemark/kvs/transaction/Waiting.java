package dev.tidemark.kvs.transaction;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.time.Sleeper;
import java.time.Duration;

/** Waits, and turns an interruption into an error that keeps the thread's interrupt flag. */
record Waiting(Sleeper sleeper) {
    /** Is for those whose patience is zero. */
    static final Waiting NEVER = new Waiting(duration -> {});

    /**
     * Waits for the duration; returns at once for zero.
     *
     * @throws KeyValueStoreException {@link ErrorCode#INTERRUPTED} when the thread is interrupted
     */
    void sleep(Duration duration, String what) {
        if (duration.isZero()) {
            return;
        }
        try {
            sleeper.sleep(duration);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw TransactionErrors.interrupted(what, e);
        }
    }
}

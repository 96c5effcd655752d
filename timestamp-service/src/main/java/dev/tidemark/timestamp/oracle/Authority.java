package dev.tidemark.timestamp.oracle;

import dev.tidemark.timestamp.TimestampException;

/** Whether this process may answer for its oracles. Thread-safe. */
public interface Authority {
    /** What {@link #epoch} returns when nobody else can have the store open. */
    long NO_EPOCH = 0;

    /** The authority over a store that this process alone has open. */
    Authority SOLE = new Authority() {
        @Override
        public long epoch() {
            return NO_EPOCH;
        }

        @Override
        public void check() {}
    };

    /** Returns the epoch that this process writes into every state, &gt;= 1; or {@link #NO_EPOCH}. */
    long epoch();

    /**
     * Throws when an answer that was computed before this call must not be given. Called after every allocation and every other answer,
     * never before it: what counts is that nobody else had begun to issue when the answer was complete.
     *
     * @throws TimestampException {@link dev.tidemark.kvs.ErrorCode#NOT_LEADER} when another process issues, which is for good;
     *     {@link dev.tidemark.kvs.ErrorCode#ORACLE_UNAVAILABLE} when another one may, which may pass
     */
    void check();

    /** Tells whether {@link #check} waits for something outside of this process. */
    default boolean isWaiting() {
        return false;
    }
}

package dev.tidemark.timestamp.batch;

import dev.tidemark.timestamp.OracleErrors;
import dev.tidemark.timestamp.TimestampException;
import java.util.concurrent.locks.LockSupport;

/** A call whose thread waits. */
final class WaitingCall extends Call {
    private final Thread caller = Thread.currentThread();

    /** Written before {@link #isEnded}. */
    private long lower;

    private TimestampException failure;

    private volatile boolean isEnded;
    private volatile boolean isAbandoned;

    WaitingCall(int count, long arrivalNanos) {
        super(count, arrivalNanos);
    }

    /**
     * Waits on the thread that has created the call.
     *
     * @return the first of the timestamps
     */
    long await() {
        while (!isEnded) {
            LockSupport.park(this);
            if (!isEnded && caller.isInterrupted()) {
                isAbandoned = true;
                throw OracleErrors.interrupted();
            }
        }
        if (failure != null) {
            throw OracleErrors.again(failure);
        }
        return lower;
    }

    @Override
    boolean isAbandoned() {
        return isAbandoned;
    }

    @Override
    void end(long first) {
        lower = first;
        wake();
    }

    @Override
    void fail(TimestampException reason) {
        failure = reason;
        wake();
    }

    private void wake() {
        isEnded = true;
        LockSupport.unpark(caller);
    }
}

package dev.tidemark.timestamp.leader;

import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.oracle.Authority;

/**
 * A term in which every answer waits until the store has confirmed, after the answer was computed, that this process still leads:
 * right whatever the clocks do. One confirmation covers all answers that were complete when it began, so that many callers wait
 * hardly longer than one. Thread-safe.
 */
final class ConfirmedTerm implements Authority {
    private final Term term;
    private final LeaderElection election;

    /** Number of the last confirmation that has begun, and whether it is still under way. */
    private long begun;

    private boolean isUnderWay;

    /** Number of the last confirmation that has come to an end, and why it has failed or null. */
    private long ended;

    private TimestampException failure;

    ConfirmedTerm(Term term, LeaderElection election) {
        this.term = term;
        this.election = election;
    }

    @Override
    public long epoch() {
        return term.epoch();
    }

    @Override
    public boolean isWaiting() {
        return true;
    }

    @Override
    public void check() {
        long needed = next();
        boolean isInterrupted = false;
        try {
            while (true) {
                long mine;
                synchronized (this) {
                    if (ended >= needed) {
                        throwFailure();
                        return;
                    }
                    if (isUnderWay) {
                        isInterrupted |= !awaitEnd();
                        continue;
                    }
                    isUnderWay = true;
                    mine = ++begun;
                }
                confirm(mine);
            }
        } finally {
            if (isInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Returns the number of the first confirmation that begins after this call. */
    private synchronized long next() {
        return begun + 1;
    }

    private void confirm(long number) {
        TimestampException reason = null;
        try {
            election.confirm(term);
        } catch (TimestampException e) {
            reason = e;
        } finally {
            synchronized (this) {
                isUnderWay = false;
                ended = number;
                failure = reason;
                notifyAll();
            }
        }
    }

    private void throwFailure() {
        if (failure != null) {
            throw new TimestampException(failure.code(), failure.getMessage(), failure.hint(), failure);
        }
    }

    /** Waits; returns whether it was not interrupted. */
    private boolean awaitEnd() {
        try {
            wait();
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }
}

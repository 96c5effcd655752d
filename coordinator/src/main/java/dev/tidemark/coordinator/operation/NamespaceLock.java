package dev.tidemark.coordinator.operation;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.kvs.time.PeriodicTasks;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongUnaryOperator;

/**
 * The right to change a namespace, held by one process at a time.
 *
 * <p>The lock is a row of create-once objects in the archive, numbered without gaps. Whoever creates the next number
 * owns the lock or has renewed it; the archive needs no compare-and-swap for that. An entry is the holder's promise for the
 * length of its lease. Others take over only after they have seen the same last entry for a whole lease on their own
 * monotonic clock: no wall clock is compared with another. Old entries are removed, so creating a number proves
 * something only if it is the greatest afterwards; both taking and renewing check that.
 *
 * <p>A holder counts its lease from before it sent the entry. Past that, it must renew before it changes anything, and a
 * renewal fails as soon as somebody else has an entry after its own. Each holder's entries carry its fencing epoch, greater
 * than all before; store nodes and the oracle refuse what comes with a lesser one.
 *
 * <p>Thread-safe.
 */
public final class NamespaceLock implements AutoCloseable {
    private static final int ENTRIES_KEPT = 4;
    private static final int MAX_RACES = 50;

    private final LockRow row;
    private final Duration lease;
    private final EngineSeams seams;
    private final OperationListener listener;
    /** Makes appending to the row sequential within this process; held across I/O because that is its purpose. */
    private final ReentrantLock appending = new ReentrantLock();

    private LockEntry current;
    private volatile long deadlineNanos;
    private volatile boolean isLost;
    private PeriodicTasks.Registration renewal;

    private NamespaceLock(
            LockRow row,
            Duration lease,
            EngineSeams seams,
            OperationListener listener,
            LockEntry acquired,
            long deadlineNanos) {
        this.row = row;
        this.lease = lease;
        this.seams = seams;
        this.listener = listener;
        this.current = acquired;
        this.deadlineNanos = deadlineNanos;
    }

    /** Makes sure that an operation for which the lock is held, and which has no journal, never begins. */
    @FunctionalInterface
    interface UnbegunOperations {
        /** Returns false when it has begun and not ended. */
        boolean end(OperationIdentity operation, long epoch);
    }

    /**
     * Takes the lock. When its last holder seems to be alive, waits for at most one of its leases.
     *
     * @param row the namespace's row
     * @param decide chooses the operation to hold the lock for: gets the unfinished operation, if there is one; may throw to
     *     refuse
     * @param unbegun is asked to end an operation that still holds the lock, when another one is chosen
     * @param nextEpoch gives an epoch greater than the one it gets (0 when there was none); may throw to refuse
     * @param listener is told about waiting, and of renewals in the background
     * @throws CoordinatorException {@link ErrorCode#OPERATION_IN_PROGRESS} when another process holds and renews it
     */
    static NamespaceLock acquire(
            LockRow row,
            Function<Optional<OperationIdentity>, OperationIdentity> decide,
            UnbegunOperations unbegun,
            LongUnaryOperator nextEpoch,
            Duration lease,
            EngineSeams seams,
            OperationListener listener) {
        for (int race = 0; race < MAX_RACES; race++) {
            Optional<LockEntry> last = row.last();
            Optional<OperationIdentity> unfinished = last.filter(entry -> entry.kind() != LockEntry.Kind.RELEASED)
                    .map(LockEntry::operation);
            OperationIdentity operation = decide.apply(unfinished);
            if (last.isPresent() && last.get().kind() == LockEntry.Kind.HELD) {
                waitUntilExpired(row, last.get(), seams, listener);
                // Its holder may have ended the operation meanwhile and died before it gave the lock back.
                operation = decide.apply(unfinished);
            }
            long lastEpoch = last.map(LockEntry::epoch).orElse(0L);
            long epoch = nextEpoch.applyAsLong(lastEpoch);
            if (epoch <= lastEpoch) {
                throw new IllegalStateException("epoch: " + epoch + " (expected: > " + lastEpoch + ")");
            }
            boolean isOther = unfinished.isPresent() && !unfinished.get().equals(operation);
            if (isOther && !unbegun.end(unfinished.get(), epoch)) {
                continue; // it has begun at the last moment
            }
            long sentAt = seams.monotonicClock().nanoTime();
            LockEntry entry = entry(
                    last.map(LockEntry::sequence).orElse(0L) + 1, LockEntry.Kind.HELD, epoch, operation, lease, seams);
            if (row.append(entry)) {
                NamespaceLock lock = new NamespaceLock(row, lease, seams, listener, entry, sentAt + lease.toNanos());
                row.removeBefore(entry.sequence() - ENTRIES_KEPT);
                lock.renewal = seams.periodicTasks().every("lock-renewal", lease.dividedBy(3), lock::renewInBackground);
                return lock;
            }
        }
        throw new CoordinatorException(
                ErrorCode.OPERATION_IN_PROGRESS,
                "others took the lock " + MAX_RACES + " times in a row",
                "Wait until the other operations on the namespace have ended.");
    }

    /** Returns the fencing epoch of this holder. */
    public long epoch() {
        return current.epoch();
    }

    /** Returns the operation that the lock is held for. */
    OperationIdentity operation() {
        return current.operation();
    }

    /**
     * Makes sure that the lock is held, and will be for a while; renews it when less than half of its lease is left. To be
     * called before everything that changes something outside.
     *
     * @throws CoordinatorException {@link ErrorCode#FENCED_OUT} when somebody else has taken it
     */
    public void ensureHeld() {
        if (isLost || deadlineNanos - seams.monotonicClock().nanoTime() < lease.toNanos() / 2) {
            renew(LockEntry.Kind.HELD);
        }
    }

    /** Gives the lock back with the operation ended. */
    void release() {
        end(LockEntry.Kind.RELEASED);
    }

    /** Gives the lock back with the operation unfinished, so that it can be resumed at once. */
    void suspend() {
        end(LockEntry.Kind.SUSPENDED);
    }

    /** Stops renewing without a last entry, as if the process had died; the lease runs out by itself. */
    @Override
    public void close() {
        renewal.close();
    }

    private void end(LockEntry.Kind kind) {
        renewal.close();
        renew(kind);
    }

    private void renewInBackground() {
        String operationId = current.operationId();
        try {
            renew(LockEntry.Kind.HELD);
            listener.lockRenewed(operationId);
        } catch (TidemarkException e) {
            if (e.code() == ErrorCode.FENCED_OUT) {
                isLost = true;
            }
            // Any other failure leaves the deadline where it is: ensureHeld tries again before the next change.
            listener.lockRenewalFailed(operationId, e.getMessage());
        }
    }

    private void renew(LockEntry.Kind kind) {
        appending.lock();
        try {
            if (isLost) {
                throw fencedOut();
            }
            long sentAt = seams.monotonicClock().nanoTime();
            LockEntry next = entry(current.sequence() + 1, kind, current.epoch(), current.operation(), lease, seams);
            while (!row.append(next)) {
                Optional<LockEntry> last = row.last();
                if (!isOwn(last, next)) {
                    isLost = true;
                    throw fencedOut();
                }
                // An earlier attempt whose answer was lost took the number. Others have seen that entry since: a lease
                // that
                // is counted from now on needs an entry of its own.
                if (kind != LockEntry.Kind.HELD && last.get().kind() == kind) {
                    break;
                }
                next = entry(next.sequence() + 1, kind, current.epoch(), current.operation(), lease, seams);
            }
            current = next;
            deadlineNanos = sentAt + lease.toNanos();
            row.removeBefore(next.sequence() - ENTRIES_KEPT);
        } finally {
            appending.unlock();
        }
    }

    /** An append whose answer was lost is found again: same number, same epoch. */
    private static boolean isOwn(Optional<LockEntry> last, LockEntry appended) {
        return last.isPresent()
                && last.get().sequence() == appended.sequence()
                && last.get().epoch() == appended.epoch();
    }

    private CoordinatorException fencedOut() {
        return new CoordinatorException(
                ErrorCode.FENCED_OUT,
                "operation '" + current.operationId() + "' has lost the lock of the namespace to another process",
                "Look at the operations of the namespace; the other process goes on with it.");
    }

    private static void waitUntilExpired(LockRow row, LockEntry seen, EngineSeams seams, OperationListener listener) {
        listener.note(
                seen.operationId(),
                "waiting up to " + Duration.ofMillis(seen.leaseMillis()).toSeconds() + " s for the lock of operation '"
                        + seen.operationId() + "' (" + seen.host() + ") to run out");
        long deadline = seams.monotonicClock().nanoTime()
                + Duration.ofMillis(seen.leaseMillis()).toNanos();
        Duration pause = Duration.ofMillis(Math.max(10, seen.leaseMillis() / 20));
        while (seams.monotonicClock().nanoTime() < deadline) {
            try {
                seams.sleeper().sleep(pause);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CoordinatorException(
                        ErrorCode.INTERRUPTED, "interrupted while waiting for the lock of the namespace", "", e);
            }
            Optional<LockEntry> last = row.last();
            if (last.isEmpty() || last.get().sequence() != seen.sequence()) {
                if (last.isPresent() && last.get().kind() != LockEntry.Kind.HELD) {
                    return;
                }
                throw new CoordinatorException(
                        ErrorCode.OPERATION_IN_PROGRESS,
                        seen.type() + " '" + seen.operationId() + "' is running on " + seen.host(),
                        "Wait until it has ended, or cancel it with 'tidemark cancel'.");
            }
        }
    }

    private static LockEntry entry(
            long sequence,
            LockEntry.Kind kind,
            long epoch,
            OperationIdentity operation,
            Duration lease,
            EngineSeams seams) {
        return new LockEntry(
                sequence,
                kind,
                epoch,
                operation.operationId(),
                operation.type(),
                seams.host(),
                seams.clock().instant(),
                kind == LockEntry.Kind.HELD ? lease.toMillis() : 0);
    }
}

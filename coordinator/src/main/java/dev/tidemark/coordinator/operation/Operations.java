package dev.tidemark.coordinator.operation;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.audit.AuditTrail;
import dev.tidemark.kvs.ErrorCode;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongUnaryOperator;

/**
 * Begins, resumes and cancels the operations of one namespace: takes its lock, finds what an earlier process has left, and
 * runs it. Thread-safe as far as the lock reaches.
 */
public final class Operations {
    private final Journal journal;
    private final LockRow row;
    private final AuditTrail trail;
    private final Duration lockLease;
    private final EngineSeams seams;

    /** Creates access to the operations of a namespace. */
    public Operations(NamespaceArchive archive, Duration lockLease, EngineSeams seams) {
        this.journal = new Journal(archive, seams.clock());
        this.row = new LockRow(archive);
        this.trail = new AuditTrail(archive.audit(), seams.clock(), seams.host());
        this.lockLease = lockLease;
        this.seams = seams;
    }

    /** Returns the journals. */
    public Journal journal() {
        return journal;
    }

    /** Returns the greatest fencing epoch that was ever used on the namespace; 0 when there was none. */
    public long lastEpoch() {
        return row.last().map(LockEntry::epoch).orElse(0L);
    }

    /** Returns the lock as it is, without taking it; empty when there never was one. */
    public Optional<LockView> lock() {
        return row.last().map(LockView::of);
    }

    /** Returns the operation that has not ended, running or not, if there is one. */
    public Optional<OperationSummary> findUnfinished() {
        return row.last()
                .filter(entry -> entry.kind() != LockEntry.Kind.RELEASED)
                .flatMap(entry -> journal.summary(entry.operationId()))
                .filter(summary -> summary.outcome() == OperationSummary.Outcome.UNFINISHED);
    }

    /**
     * Returns the operation that has not ended, running or not.
     *
     * @throws CoordinatorException {@link ErrorCode#UNKNOWN_OPERATION} when there is none
     */
    public OperationSummary unfinished() {
        return findUnfinished()
                .orElseThrow(() -> new CoordinatorException(
                        ErrorCode.UNKNOWN_OPERATION,
                        "namespace '" + journal.namespace() + "' has no unfinished operation",
                        "See 'tidemark operations' for those that have ended."));
    }

    /**
     * Returns the operation that has not ended, if it has this id.
     *
     * @throws CoordinatorException {@link ErrorCode#UNKNOWN_OPERATION} when there is no operation with this id,
     *     {@link ErrorCode#NOT_ALLOWED_NOW} when it has ended
     */
    public OperationSummary unfinished(String operationId) {
        OperationSummary found = journal.summary(operationId)
                .orElseThrow(() -> new CoordinatorException(
                        ErrorCode.UNKNOWN_OPERATION,
                        "namespace '" + journal.namespace() + "' has no operation '" + operationId + "'",
                        "See 'tidemark operations' for the ids."));
        if (found.outcome() != OperationSummary.Outcome.UNFINISHED) {
            throw new CoordinatorException(
                    ErrorCode.NOT_ALLOWED_NOW,
                    "operation '" + operationId + "' has ended: " + found.outcome(),
                    "Only an unfinished operation can be resumed or cancelled.");
        }
        return found;
    }

    /**
     * Runs an operation: the unfinished one if the choice says so, else a new one.
     *
     * @param choose gets the unfinished operation, if there is one, and returns the operation to run; throws to refuse
     * @param nextEpoch gives a fencing epoch greater than the one it gets
     * @param prepare gives the state of a new operation, called under the lock; not called for one that has a journal
     * @return the operation's last state and whether it was resumed
     */
    public <S> Run<S> run(
            Operation<S> operation,
            Function<Optional<OperationIdentity>, OperationIdentity> choose,
            LongUnaryOperator nextEpoch,
            Function<OperationIdentity, S> prepare,
            OperationListener told) {
        OperationListener listener = new SerialListener(told);
        NamespaceLock lock = lock(choose, nextEpoch, listener);
        OperationIdentity identity = lock.operation();
        boolean isResumed = true; // until the journal says otherwise: a released lock would orphan the operation
        S initial;
        try {
            isResumed = journal.last(identity.operationId()).isPresent();
            initial = isResumed ? null : prepare.apply(identity);
        } catch (RuntimeException e) {
            giveBackAfter(isResumed ? lock::suspend : lock::release, lock, e);
            throw e;
        } catch (Error e) {
            lock.close();
            throw e;
        }
        S last = new OperationRunner<>(operation, identity, journal, trail, lock, listener).run(initial);
        return new Run<>(identity.operationId(), last, isResumed);
    }

    /**
     * Goes on with the unfinished operation, which is of the operation's type.
     *
     * @throws CoordinatorException {@link ErrorCode#UNKNOWN_OPERATION} when it has ended meanwhile
     */
    public <S> void resume(Operation<S> operation, LongUnaryOperator nextEpoch, OperationListener listener) {
        run(
                operation,
                unfinished -> unfinished
                        .filter(identity -> identity.type().equals(operation.type()))
                        .orElseThrow(() -> new CoordinatorException(
                                ErrorCode.UNKNOWN_OPERATION,
                                "the " + operation.type() + " has ended meanwhile",
                                "See 'tidemark operations'.")),
                nextEpoch,
                identity -> {
                    throw new IllegalStateException("an unfinished operation has a journal");
                },
                listener);
    }

    /** Cancels the unfinished operation with this id; see {@link OperationRunner#cancel}. */
    public <S> void cancel(
            Operation<S> operation, String operationId, LongUnaryOperator nextEpoch, OperationListener told) {
        OperationListener listener = new SerialListener(told);
        NamespaceLock lock = lock(
                found -> found.filter(identity -> identity.operationId().equals(operationId))
                        .orElseThrow(() -> new CoordinatorException(
                                ErrorCode.NOT_ALLOWED_NOW,
                                "operation '" + operationId + "' is not the unfinished one",
                                "See 'tidemark operations'.")),
                nextEpoch,
                listener);
        new OperationRunner<>(operation, lock.operation(), journal, trail, lock, listener).cancel();
    }

    /**
     * Takes the lock. An operation without a journal has done nothing, and one whose journal says that it has ended needs
     * nothing: neither counts as unfinished, whatever the row says.
     */
    private NamespaceLock lock(
            Function<Optional<OperationIdentity>, OperationIdentity> choose,
            LongUnaryOperator nextEpoch,
            OperationListener listener) {
        return NamespaceLock.acquire(
                row,
                found -> choose.apply(found.filter(this::isUnfinished)),
                journal::endUnbegun,
                nextEpoch,
                lockLease,
                seams,
                listener);
    }

    private boolean isUnfinished(OperationIdentity identity) {
        journal.confirmLast(identity.operationId());
        return journal.summary(identity.operationId())
                .map(summary -> summary.outcome() == OperationSummary.Outcome.UNFINISHED)
                .orElse(false);
    }

    private static void giveBackAfter(Runnable giveBack, NamespaceLock lock, RuntimeException failure) {
        try {
            giveBack.run();
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
            lock.close();
        }
    }

    /**
     * An operation that was run to its end.
     *
     * @param isResumed whether an earlier process had begun it
     */
    public record Run<S>(String operationId, S state, boolean isResumed) {}
}

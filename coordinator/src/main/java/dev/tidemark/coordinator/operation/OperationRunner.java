package dev.tidemark.coordinator.operation;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.audit.AuditEvent;
import dev.tidemark.coordinator.archive.audit.AuditStatement;
import dev.tidemark.coordinator.archive.audit.AuditTrail;
import dev.tidemark.coordinator.operation.Operation.Step;
import dev.tidemark.coordinator.operation.Operation.Transition;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the steps of one operation under the namespace's lock, with a durable record before and after each.
 *
 * <p>How it can end: all steps done (recorded as succeeded); a final failure (cleaned up, recorded as failed); a failure
 * of an operation that must be completed, or an interruption (recorded as suspended, the lock given back at once, resumable);
 * another process has taken over, the archive does not answer, or the end itself could not be recorded (nothing more is
 * recorded; the lock's lease runs out, and whoever takes it finds the operation in its journal).
 *
 * @param <S> state of the operation
 */
final class OperationRunner<S> {
    private static final Logger LOG = LoggerFactory.getLogger(OperationRunner.class);
    private static final int MAX_TRANSITIONS = 1_000;
    private static final String END = "\n";

    private final Operation<S> operation;
    private final OperationIdentity identity;
    private final Journal journal;
    private final AuditTrail trail;
    private final NamespaceLock lock;
    private final OperationListener listener;

    /** Makes changes of the state from several threads sequential; held across I/O because that is its purpose. */
    private final ReentrantLock saving = new ReentrantLock();

    private S state;
    private String step = "";
    private List<String> stepsDone = new ArrayList<>();
    private boolean isEnding;

    /** @param listener is never called by two threads at a time */
    OperationRunner(
            Operation<S> operation,
            OperationIdentity identity,
            Journal journal,
            AuditTrail trail,
            NamespaceLock lock,
            OperationListener listener) {
        this.operation = operation;
        this.identity = identity;
        this.journal = journal;
        this.trail = trail;
        this.lock = lock;
        this.listener = listener;
    }

    /**
     * Runs the operation to its end: from its beginning, or from where its journal says that it was interrupted.
     *
     * @param initial state of an operation that has no journal
     * @return the last state
     */
    S run(S initial) {
        try {
            Optional<JournalRecord> last = journal.last(identity.operationId());
            if (last.isPresent() && last.get().kind() == JournalRecord.Kind.ENDED) {
                return endedBefore(last.get());
            }
            Transition<S> position = last.isPresent() ? resume(last.get()) : begin(initial);
            return runFrom(position);
        } catch (RuntimeException e) {
            throw afterFailure(e);
        } catch (Error e) {
            lock.close();
            throw e;
        }
    }

    /** Somebody else has ended it between the choice and the lock, or has released no lock after the end. */
    private S endedBefore(JournalRecord end) {
        isEnding = true;
        lock.release();
        if (end.outcome() != OperationSummary.Outcome.SUCCEEDED) {
            throw new CoordinatorException(
                    ErrorCode.FENCED_OUT,
                    operation.type() + " '" + identity.operationId() + "' was ended by another process: "
                            + end.outcome() + (end.message().isEmpty() ? "" : ", " + end.message()),
                    "Look at 'tidemark operations', then run the command again.");
        }
        restorePosition(end);
        return state;
    }

    /** Cancels an operation that is not running: cleans up and records it. */
    void cancel() {
        try {
            cleanUpAndEnd();
        } catch (RuntimeException e) {
            boolean isLost = e instanceof TidemarkException known && known.code() == ErrorCode.FENCED_OUT;
            if (isLost || isEnding || state == null) {
                lock.close();
            } else {
                suspendQuietly(String.valueOf(e.getMessage()));
            }
            throw e;
        } catch (Error e) {
            lock.close();
            throw e;
        }
    }

    private void cleanUpAndEnd() {
        JournalRecord last = journal.last(identity.operationId())
                .orElseThrow(() -> new IllegalStateException("no journal of '" + identity.operationId() + "'"));
        if (last.kind() == JournalRecord.Kind.ENDED) {
            isEnding = true; // nothing may follow that record
            lock.release();
            throw new CoordinatorException(
                    ErrorCode.NOT_ALLOWED_NOW,
                    operation.type() + " '" + identity.operationId() + "' has ended meanwhile: " + last.outcome(),
                    "Look at 'tidemark operations'.");
        }
        restorePosition(last);
        if (!operation.isCancellable(step)) {
            throw new CoordinatorException(
                    ErrorCode.NOT_ALLOWED_NOW,
                    operation.type() + " '" + identity.operationId() + "' can't be cancelled any more in step '" + step
                            + "'",
                    "Run 'tidemark resume' to complete it.");
        }
        lock.ensureHeld();
        operation.cleanUp(state, context());
        end(OperationSummary.Outcome.CANCELLED, "cancelled by the operator");
    }

    private Transition<S> begin(S initial) {
        state = initial;
        step = operation.steps().get(0).name();
        while (operation.isSkipped(step)) {
            step = nameAfter(step);
        }
        append(JournalRecord.Kind.BEGUN);
        audit(AuditEvent.BEGUN, "", "");
        listener.operationStarted(identity.operationId(), operation.type(), journal.namespace(), false);
        return Transition.goTo(step, state);
    }

    private Transition<S> resume(JournalRecord last) {
        restorePosition(last);
        audit(AuditEvent.RESUMED, "", "");
        listener.operationStarted(identity.operationId(), operation.type(), journal.namespace(), true);
        LOG.info("{} {} goes on with step {}", operation.type(), identity.operationId(), step);
        if (last.kind() == JournalRecord.Kind.STEP_DONE) {
            step = nameAfter(last.step());
        }
        Transition<S> position = operation.resume(state, step, context());
        return position.step().isEmpty() ? Transition.goTo(step, position.state()) : position;
    }

    private void restorePosition(JournalRecord last) {
        state = journal.decode(last.state(), operation.stateType());
        step = last.step();
        stepsDone = new ArrayList<>(last.stepsDone());
    }

    private S runFrom(Transition<S> start) {
        state = start.state();
        step = start.step();
        for (int transitions = 0; !step.equals(END); transitions++) {
            if (transitions == MAX_TRANSITIONS) {
                throw new IllegalStateException("operation '" + identity.operationId() + "' does not end");
            }
            Step<S> current = find(step);
            if (operation.isSkipped(step)) {
                step = nameAfter(step);
                continue;
            }
            checkNotInterrupted();
            lock.ensureHeld();
            append(JournalRecord.Kind.STEP_STARTED);
            listener.stepStarted(identity.operationId(), step);
            Transition<S> result = current.body().run(state, context());
            lock.ensureHeld();
            state = result.state();
            boolean isFollowing = result.step().equals(Transition.FOLLOWING);
            stepsDone.remove(step);
            if (isFollowing) {
                stepsDone.add(step);
                append(JournalRecord.Kind.STEP_DONE);
                listener.stepFinished(identity.operationId(), step);
                step = nameAfter(step);
            } else {
                stepsDone = new ArrayList<>(stepsBefore(result.step()));
                step = result.step();
            }
        }
        end(OperationSummary.Outcome.SUCCEEDED, "");
        return state;
    }

    private String nameAfter(String name) {
        List<String> names = operation.steps().stream().map(Step::name).toList();
        int next = names.indexOf(name) + 1;
        return next == names.size() ? END : names.get(next);
    }

    private List<String> stepsBefore(String name) {
        return operation.steps().stream()
                .map(Step::name)
                .takeWhile(other -> !other.equals(name))
                .filter(stepsDone::contains)
                .toList();
    }

    private Step<S> find(String name) {
        return operation.steps().stream()
                .filter(candidate -> candidate.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new CoordinatorException(
                        ErrorCode.UNKNOWN_FORMAT_VERSION,
                        "journal of '" + identity.operationId() + "' names the unknown step '" + name + "'",
                        "Resume it with the version of Tidemark that began it."));
    }

    /** Returns what is thrown: that another process has taken over explains whatever else went wrong. */
    private RuntimeException afterFailure(RuntimeException failure) {
        if (state == null || isEnding) {
            lock.close();
            return failure;
        }
        if (codeOf(failure) == ErrorCode.FENCED_OUT) {
            leaveToOther(failure);
            return failure;
        }
        try {
            suspendOrEnd(failure);
            return failure;
        } catch (RuntimeException e) {
            lock.close();
            if (codeOf(e) != ErrorCode.FENCED_OUT) {
                failure.addSuppressed(e);
                return failure;
            }
            e.addSuppressed(failure);
            leaveToOther(e);
            return e;
        }
    }

    private void suspendOrEnd(RuntimeException failure) {
        ErrorCode code = codeOf(failure);
        if (code == ErrorCode.INTERRUPTED || !operation.isFailureFinal(step, code)) {
            suspend(failure.getMessage());
            return;
        }
        lock.ensureHeld();
        operation.cleanUp(state, context());
        end(OperationSummary.Outcome.FAILED, String.valueOf(failure.getMessage()));
    }

    private void leaveToOther(RuntimeException failure) {
        lock.close();
        try {
            operation.overtaken(state, context());
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    private static ErrorCode codeOf(RuntimeException failure) {
        return failure instanceof TidemarkException known ? known.code() : ErrorCode.INTERNAL;
    }

    private void suspendQuietly(String reason) {
        try {
            suspend(reason);
        } catch (TidemarkException e) {
            LOG.warn("could not give the lock back; it runs out by itself: {}", e.getMessage());
            lock.close();
        }
    }

    private void suspend(String reason) {
        boolean wasInterrupted = Thread.interrupted();
        try {
            journal.append(identity, record(JournalRecord.Kind.SUSPENDED, OperationSummary.Outcome.UNFINISHED, reason));
            auditSuspension(reason);
            lock.suspend();
        } finally {
            if (wasInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The log is told first: an end that it does not know of would be taken for tampering. */
    private void end(OperationSummary.Outcome outcome, String message) {
        lock.ensureHeld();
        isEnding = true;
        audit(AuditEvent.ENDED, outcome.name(), message);
        lock.ensureHeld();
        step = "";
        journal.append(identity, record(JournalRecord.Kind.ENDED, outcome, message));
        lock.release();
        LOG.info("{} {} of {}: {}", operation.type(), identity.operationId(), journal.namespace(), outcome);
    }

    private void audit(AuditEvent event, String outcome, String message) {
        trail.add(new AuditStatement(
                event,
                journal.namespace(),
                operation.type(),
                identity.operationId(),
                lock.epoch(),
                outcome,
                operation.subject(state),
                message));
    }

    /** The journal has it; that the lock is given back is worth more than the entry. */
    private void auditSuspension(String reason) {
        try {
            audit(AuditEvent.SUSPENDED, "", String.valueOf(reason));
        } catch (TidemarkException e) {
            LOG.warn("could not write to the audit log that {} was left: {}", identity.operationId(), e.getMessage());
        }
    }

    private void append(JournalRecord.Kind kind) {
        journal.append(identity, record(kind, OperationSummary.Outcome.UNFINISHED, ""));
    }

    private JournalRecord record(JournalRecord.Kind kind, OperationSummary.Outcome outcome, String message) {
        return journal.record(kind, lock.epoch(), operation.type(), step, stepsDone, state, outcome, message);
    }

    private static void checkNotInterrupted() {
        if (Thread.currentThread().isInterrupted()) {
            throw new CoordinatorException(
                    ErrorCode.INTERRUPTED, "interrupted between two steps", "Run 'tidemark resume' to go on.");
        }
    }

    private StepContext<S> context() {
        return new StepContext<>() {
            @Override
            public String operationId() {
                return identity.operationId();
            }

            @Override
            public long epoch() {
                return lock.epoch();
            }

            @Override
            public void save(S newState) {
                lock.ensureHeld();
                state = newState;
                append(JournalRecord.Kind.STEP_SAVED);
            }

            @Override
            public void saveChange(UnaryOperator<S> change) {
                saving.lock();
                try {
                    save(change.apply(state));
                } finally {
                    saving.unlock();
                }
            }

            @Override
            public boolean hasEnded(String operationId) {
                return journal.hasEnded(operationId);
            }

            @Override
            public void ensureHeld() {
                lock.ensureHeld();
            }

            @Override
            public void progress(long doneBytes, long totalBytes, long doneItems) {
                listener.progress(identity.operationId(), step, doneBytes, totalBytes, doneItems);
            }

            @Override
            public void nodeProgress(String node, long doneBytes, long doneFiles) {
                listener.nodeProgress(identity.operationId(), step, node, doneBytes, doneFiles);
            }

            @Override
            public void note(String message) {
                LOG.info("{}: {}", identity.operationId(), message);
                listener.note(identity.operationId(), message);
            }
        };
    }
}

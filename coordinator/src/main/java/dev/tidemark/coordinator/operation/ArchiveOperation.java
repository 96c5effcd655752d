package dev.tidemark.coordinator.operation;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.kvs.ErrorCode;
import java.util.Optional;
import java.util.function.Function;

/**
 * An operation that changes a namespace of the archive alone, under its lock. It needs neither the stores nor the oracle, so its
 * fencing epochs just follow each other. Running it again goes on with the unfinished one; one that failed for good or is
 * cancelled leaves what it has done, which is right as far as it goes.
 *
 * @param <S> state of the operation
 */
public abstract class ArchiveOperation<S> implements Operation<S>, Resumable {
    private final String type;
    private final Class<S> stateType;
    private final EngineSeams seams;

    /** Creates the operation of a type. */
    protected ArchiveOperation(String type, Class<S> stateType, EngineSeams seams) {
        this.type = type;
        this.stateType = stateType;
        this.seams = seams;
    }

    /**
     * Runs it, or goes on with the namespace's unfinished one.
     *
     * @param begin gives the state of a new operation, called under the lock
     * @throws CoordinatorException {@link ErrorCode#OPERATION_IN_PROGRESS} when another operation has not ended
     */
    protected final Operations.Run<S> runOrGoOn(
            Operations operations, Function<OperationIdentity, S> begin, OperationListener listener) {
        return operations.run(
                this, unfinished -> choose(operations, unfinished), ArchiveOperation::nextEpoch, begin, listener);
    }

    /**
     * Refuses an unfinished operation that this one does not go on with.
     *
     * @throws CoordinatorException {@link ErrorCode#OPERATION_IN_PROGRESS}
     */
    protected final OperationIdentity requireOwn(OperationIdentity unfinished, Operations operations) {
        if (unfinished.type().equals(type) && isSame(unfinished, operations)) {
            return unfinished;
        }
        throw new CoordinatorException(
                ErrorCode.OPERATION_IN_PROGRESS,
                unfinished.type() + " '" + unfinished.operationId() + "' has not ended",
                "Run 'tidemark resume' to complete it, or 'tidemark cancel', then run the command again.");
    }

    /** Tells whether an unfinished operation of this type is the one that was asked for: without further ado, it is. */
    protected boolean isSame(OperationIdentity unfinished, Operations operations) {
        return true;
    }

    @Override
    public final void resume(Operations operations, OperationListener listener) {
        operations.resume(this, ArchiveOperation::nextEpoch, listener);
    }

    @Override
    public final void cancel(String operationId, Operations operations, OperationListener listener) {
        operations.cancel(this, operationId, ArchiveOperation::nextEpoch, listener);
    }

    @Override
    public final String type() {
        return type;
    }

    @Override
    public final Class<S> stateType() {
        return stateType;
    }

    @Override
    public final Transition<S> resume(S state, String interruptedStep, StepContext<S> context) {
        return Transition.goTo(interruptedStep, state);
    }

    /** What may pass by itself, an archive that does not answer say, leaves the operation to be resumed. */
    @Override
    public boolean isFailureFinal(String step, ErrorCode code) {
        return !code.isRetryable();
    }

    @Override
    public boolean isCancellable(String step) {
        return true;
    }

    @Override
    public void cleanUp(S state, StepContext<S> context) {}

    /** Nothing outside of the archive is held. */
    @Override
    public final void overtaken(S state, StepContext<S> context) {}

    @Override
    public void close() {}

    private OperationIdentity choose(Operations operations, Optional<OperationIdentity> unfinished) {
        return unfinished
                .map(identity -> requireOwn(identity, operations))
                .orElseGet(() -> OperationIdentity.create(type, seams));
    }

    private static long nextEpoch(long lastEpoch) {
        return lastEpoch + 1;
    }
}

package dev.tidemark.coordinator.datakey;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.operation.Operation;
import dev.tidemark.coordinator.operation.OperationIdentity;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.operation.Operations;
import dev.tidemark.coordinator.operation.Resumable;
import dev.tidemark.coordinator.operation.StepContext;
import dev.tidemark.kvs.ErrorCode;
import java.util.List;

/**
 * Begins a new data key of a namespace, under its lock, so that no backup is written with two. Everything older stays readable with the
 * keys that it was written with. The next backup stores what it reads anew: chunks are told apart by a key, too.
 */
public final class RotationOperation implements Operation<RotationState>, Resumable {
    /** Type of the operation. */
    public static final String TYPE = "rotate-key";

    private static final String CREATE = "create-key";

    private final Archive archive;
    private final NamespaceArchive records;
    private final EngineSeams seams;

    /**
     * Creates the operation; {@link #run} or {@link #resume} does it.
     *
     * @param records the namespace, opened for its records ({@link Archive#records})
     */
    public RotationOperation(Archive archive, NamespaceArchive records, EngineSeams seams) {
        this.archive = archive;
        this.records = records;
        this.seams = seams;
    }

    /**
     * Checks whatever is checked before a rotation, and changes nothing.
     *
     * @return the data key that is in use
     * @throws CoordinatorException {@link ErrorCode#READ_ONLY_KEY} with a reader's key, {@link ErrorCode#KEY_DESTROYED} when the
     *     namespace was shredded, {@link ErrorCode#OPERATION_IN_PROGRESS} when another operation has not ended
     */
    public int plan(Operations operations) {
        archive.signer().require("rotate a key");
        archive.namespace(records.namespace());
        operations
                .findUnfinished()
                .map(unfinished -> new OperationIdentity(unfinished.operationId(), unfinished.type()))
                .ifPresent(RotationOperation::requireRotation);
        return archive.lastDataKey(records.namespace());
    }

    /** Rotates, or goes on with the unfinished rotation. */
    public RotationState run(Operations operations, OperationListener listener) {
        plan(operations);
        return operations
                .run(
                        this,
                        unfinished -> unfinished
                                .map(RotationOperation::requireRotation)
                                .orElseGet(() -> OperationIdentity.create(TYPE, seams)),
                        RotationOperation::nextEpoch,
                        identity -> new RotationState(archive.lastDataKey(records.namespace()), 0),
                        listener)
                .state();
    }

    @Override
    public void resume(Operations operations, OperationListener listener) {
        archive.signer().require("rotate a key");
        operations.resume(this, RotationOperation::nextEpoch, listener);
    }

    @Override
    public void cancel(String operationId, Operations operations, OperationListener listener) {
        operations.cancel(this, operationId, RotationOperation::nextEpoch, listener);
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Class<RotationState> stateType() {
        return RotationState.class;
    }

    @Override
    public List<Step<RotationState>> steps() {
        return List.of(new Step<>(CREATE, this::create));
    }

    @Override
    public Transition<RotationState> resume(
            RotationState state, String interruptedStep, StepContext<RotationState> context) {
        return Transition.goTo(interruptedStep, state);
    }

    @Override
    public boolean isFailureFinal(String step, ErrorCode code) {
        return true;
    }

    @Override
    public boolean isCancellable(String step) {
        return true;
    }

    /** A key that nothing was written with does no harm. */
    @Override
    public void cleanUp(RotationState state, StepContext<RotationState> context) {
        context.ensureHeld();
    }

    @Override
    public void overtaken(RotationState state, StepContext<RotationState> context) {
        // It holds nothing outside.
    }

    @Override
    public void close() {
        // It holds nothing.
    }

    /** A key that an interrupted process has created is the one that was asked for. */
    private Transition<RotationState> create(RotationState state, StepContext<RotationState> context) {
        int last = archive.lastDataKey(records.namespace());
        int created = last > state.previousKeyId() ? last : archive.rotateDataKey(records.namespace());
        return Transition.next(new RotationState(state.previousKeyId(), created));
    }

    private static OperationIdentity requireRotation(OperationIdentity unfinished) {
        if (unfinished.type().equals(TYPE)) {
            return unfinished;
        }
        throw new CoordinatorException(
                ErrorCode.OPERATION_IN_PROGRESS,
                unfinished.type() + " '" + unfinished.operationId() + "' has not ended",
                "Run 'tidemark cancel' for it, or 'tidemark resume' to complete it; only then can a key be rotated.");
    }

    /** Needs no oracle. */
    private static long nextEpoch(long lastEpoch) {
        return lastEpoch + 1;
    }
}

package dev.tidemark.coordinator.datakey;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.operation.ArchiveOperation;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.operation.OperationIdentity;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.operation.Operations;
import dev.tidemark.coordinator.operation.StepContext;
import dev.tidemark.kvs.ErrorCode;
import java.util.List;

/**
 * Begins a new data key of a namespace, under its lock, so that no backup is written with two. Everything older stays readable with the
 * keys that it was written with. The next backup stores what it reads anew: chunks are told apart by a key, too.
 */
public final class RotationOperation extends ArchiveOperation<RotationState> {
    /** Type of the operation. */
    public static final String TYPE = "rotate-key";

    private static final String CREATE = "create-key";

    private final Archive archive;
    private final NamespaceArchive records;

    /**
     * Creates the operation; {@link #run} or {@link #resume} does it.
     *
     * @param records the namespace, opened for its records ({@link Archive#records})
     */
    public RotationOperation(Archive archive, NamespaceArchive records, EngineSeams seams) {
        super(TYPE, RotationState.class, seams);
        this.archive = archive;
        this.records = records;
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
                .ifPresent(unfinished -> requireOwn(unfinished, operations));
        return archive.lastDataKey(records.namespace());
    }

    /** Rotates, or goes on with the unfinished rotation. */
    public RotationState run(Operations operations, OperationListener listener) {
        plan(operations);
        return runOrGoOn(
                        operations,
                        identity -> new RotationState(archive.lastDataKey(records.namespace()), 0),
                        listener)
                .state();
    }

    @Override
    public String subject(RotationState state) {
        return "data key " + (state.keyId() == 0 ? state.previousKeyId() : state.keyId());
    }

    @Override
    public List<Step<RotationState>> steps() {
        return List.of(new Step<>(CREATE, this::create));
    }

    @Override
    public boolean isFailureFinal(String step, ErrorCode code) {
        return true;
    }

    /** A key that nothing was written with does no harm. */
    @Override
    public void cleanUp(RotationState state, StepContext<RotationState> context) {
        context.ensureHeld();
    }

    /** A key that an interrupted process has created is the one that was asked for. */
    private Transition<RotationState> create(RotationState state, StepContext<RotationState> context) {
        int last = archive.lastDataKey(records.namespace());
        int created = last > state.previousKeyId() ? last : archive.rotateDataKey(records.namespace());
        return Transition.next(new RotationState(state.previousKeyId(), created));
    }
}

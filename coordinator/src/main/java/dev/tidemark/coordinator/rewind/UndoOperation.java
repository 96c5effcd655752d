package dev.tidemark.coordinator.rewind;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.operation.EngineOptions;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.operation.OperationIdentity;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.operation.Operations;
import dev.tidemark.coordinator.operation.StepContext;
import dev.tidemark.coordinator.restore.FencedChange;
import dev.tidemark.coordinator.restore.StoreCleaner;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.node.StoreNode;
import dev.tidemark.timestamp.TimestampClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Takes back the last rewind, or the last restore over existing data: each node's safety copy becomes its data again. The data
 * goes back, the timestamps don't: the oracle is fenced meanwhile and issues only greater ones afterwards.
 */
public final class UndoOperation extends FencedChange<UndoState> {
    /** The type in the journal. */
    public static final String TYPE = "undo";

    private static final String FENCE = "fence";
    private static final String CHECK = "check";
    private static final String BRING_BACK = "bring-back";
    private static final String FAST_FORWARD = "fast-forward";
    private static final String VERIFY = "verify";
    private static final String COMPLETE = "complete";
    private static final String UNFENCE = "unfence";
    private static final Set<String> CANCELLABLE = Set.of(FENCE, CHECK, BRING_BACK);

    private final UndoPlanner planner;

    /** Creates the operation; {@link #run} or {@link #resume} does it. */
    public UndoOperation(
            NamespaceArchive archive,
            TimestampClient oracles,
            Map<String, StoreConnector> connectors,
            UndoPlanner planner,
            EngineOptions options,
            EngineSeams seams) {
        super(archive, oracles, connectors, options, seams);
        this.planner = planner;
    }

    static List<String> stepNames() {
        return List.of(FENCE, CHECK, BRING_BACK, FAST_FORWARD, VERIFY, COMPLETE, UNFENCE);
    }

    /** Undoes the last change, or goes on with the namespace's unfinished undo. */
    public UndoReport run(Operations operations, OperationListener listener) {
        long from = seams.monotonicClock().nanoTime();
        if (operations.findUnfinished().isEmpty()) {
            planner.plan();
        }
        Operations.Run<UndoState> run = operations.run(
                this,
                unfinished -> unfinished
                        .map(UndoOperation::requireUndo)
                        .orElseGet(() -> OperationIdentity.create(TYPE, seams)),
                FencedChange::nextEpoch,
                identity -> new UndoState(planner.plan(), seams.clock().instant(), 0),
                listener);
        UndoPlan plan = run.state().plan();
        return new UndoReport(
                archive.namespace(),
                run.operationId(),
                run.isResumed(),
                plan.undoneOperation(),
                plan.undoneType(),
                run.state().fastForwardTarget(),
                Duration.ofNanos(seams.monotonicClock().nanoTime() - from));
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Class<UndoState> stateType() {
        return UndoState.class;
    }

    @Override
    public String subject(UndoState state) {
        return state.plan().undoneType() + " " + state.plan().undoneOperation();
    }

    @Override
    public List<Step<UndoState>> steps() {
        return List.of(
                new Step<>(FENCE, this::raiseFence),
                new Step<>(CHECK, this::check),
                new Step<>(BRING_BACK, this::bringBack),
                new Step<>(FAST_FORWARD, this::fastForward),
                new Step<>(VERIFY, orBringBackAgain(this::verify)),
                new Step<>(COMPLETE, orBringBackAgain(this::complete)),
                new Step<>(UNFENCE, this::unfence));
    }

    @Override
    public Transition<UndoState> resume(UndoState state, String interruptedStep, StepContext<UndoState> context) {
        return switch (interruptedStep) {
            // A clean-up may have got as far as the fence, and clients have committed since.
            case CHECK, BRING_BACK -> Transition.goTo(CHECK, fenced(state, context));
            case FAST_FORWARD, VERIFY, COMPLETE -> Transition.goTo(interruptedStep, fenced(state, context));
            default -> Transition.goTo(interruptedStep, state);
        };
    }

    /**
     * A cancellation may have got half way before somebody resumed, or a node has lost its disk. What can't be brought back then
     * ends the undo: one that could neither be completed nor cancelled would be in the way of every restore.
     */
    private Body<UndoState> orBringBackAgain(Body<UndoState> body) {
        return orAgainFrom(CHECK, "bringing back", UnaryOperator.identity(), body);
    }

    @Override
    public boolean isFailureFinal(String step, ErrorCode code) {
        return isCancellable(step);
    }

    @Override
    public boolean isCancellable(String step) {
        return CANCELLABLE.contains(step);
    }

    @Override
    public void cleanUp(UndoState state, StepContext<UndoState> context) {
        prepareGiveBack(context);
        forEachNode(state, node -> {
            context.ensureHeld();
            node.giveBack(restoreId(context));
        });
        fence.liftIfOwn(state.fastForwardTarget(), context, context::ensureHeld);
    }

    private Transition<UndoState> raiseFence(UndoState state, StepContext<UndoState> context) {
        return Transition.next(fenced(state, context));
    }

    /**
     * Something may have been committed between the plan and the fence. Stores that this undo holds already were checked before,
     * and have served nobody since.
     */
    private Transition<UndoState> check(UndoState state, StepContext<UndoState> context) {
        try {
            planner.requireNothingNew(state.plan(), state.fastForwardTarget());
        } catch (KeyValueStoreException e) {
            if (e.code() != ErrorCode.RESTORE_INCOMPLETE) {
                throw e;
            }
            context.note("going on with bringing back: " + e.getMessage());
        }
        return Transition.next(state);
    }

    private Transition<UndoState> bringBack(UndoState state, StepContext<UndoState> context) {
        targets.forEachStore((name, connector) -> {
            context.ensureHeld();
            connector.prepareBringBack(restoreId(context), state.plan().undoneOperation());
        });
        forEachNode(state, node -> {
            context.ensureHeld();
            node.bringBack(restoreId(context), state.plan().undoneOperation());
        });
        return Transition.next(state);
    }

    /** Nothing in the stores is newer than what the oracle had issued. */
    private Transition<UndoState> verify(UndoState state, StepContext<UndoState> context) {
        long last = state.fastForwardTarget();
        new StoreCleaner(targets.open(restoreId(context)), last, new TimestampRange(1, last), work).requireClean();
        return Transition.next(state);
    }

    private Transition<UndoState> complete(UndoState state, StepContext<UndoState> context) {
        if (!fence.isUp(context)) {
            throw new CoordinatorException(
                    ErrorCode.FENCE_CONFLICT,
                    "the fence of undo '" + context.operationId() + "' is not up any more",
                    "Run 'tidemark resume', which puts it up again.");
        }
        targets.open(restoreId(context));
        targets.close();
        fence.fastForward(state.fastForwardTarget(), context);
        forEachNode(state, node -> {
            context.ensureHeld();
            node.completeRestore(restoreId(context));
        });
        return Transition.next(state);
    }

    private void forEachNode(UndoState state, Consumer<StoreNode> action) {
        targets.forEachNamed(state.plan().nodes(), action);
    }

    private static OperationIdentity requireUndo(OperationIdentity unfinished) {
        if (unfinished.type().equals(TYPE)) {
            return unfinished;
        }
        throw new CoordinatorException(
                ErrorCode.OPERATION_IN_PROGRESS,
                unfinished.type() + " '" + unfinished.operationId() + "' has not ended",
                "Run 'tidemark cancel' for it, or 'tidemark resume' to complete it; only then can it be undone.");
    }
}

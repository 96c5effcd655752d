package dev.tidemark.coordinator.rewind;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.manifest.StoreBackup;
import dev.tidemark.coordinator.operation.EngineOptions;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.operation.Journal;
import dev.tidemark.coordinator.operation.OperationIdentity;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.operation.Operations;
import dev.tidemark.coordinator.operation.StepContext;
import dev.tidemark.coordinator.restore.FencedChange;
import dev.tidemark.coordinator.restore.StoreCleaner;
import dev.tidemark.coordinator.restore.TransactionCleaner;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.node.StoreNode;
import dev.tidemark.timestamp.TimestampClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * A rewind of one namespace: makes the state of an earlier timestamp the present one, in the stores as they are.
 *
 * <p>It is a restore without files. The fence ends every lease, so no client from before commits any more. Each node then keeps a
 * safety copy and marks its data, so that nobody but this operation opens the stores until they are clean. Every commit above
 * the target is aborted by value; its start timestamp is at most the largest that was issued before the fence. Garbage
 * collection has not passed the target, which is checked again behind the fence, where no sweeper can begin: so every version
 * that is visible at the target is there. The fast-forward target is at least everything that was issued before the fence,
 * so no orphaned cell becomes visible with a transaction that starts later. See docs/consistency.rst.
 *
 * <p>Until it is complete it can be cancelled in every step: the safety copies are brought back.
 */
public final class RewindOperation extends FencedChange<RewindState> {
    /** The type in the journal. */
    public static final String TYPE = "rewind";

    private static final String FENCE = "fence";
    private static final String SAFETY_COPY = "safety-copy";
    private static final String REPAIR = "repair";
    private static final String CLEAN = "clean";
    private static final String FAST_FORWARD = "fast-forward";
    private static final String VERIFY = "verify";
    private static final String COMPLETE = "complete";
    private static final String UNFENCE = "unfence";

    /** Creates the operation; {@link #run} or {@link #resume} does it. */
    public RewindOperation(
            NamespaceArchive archive,
            TimestampClient oracles,
            Map<String, StoreConnector> connectors,
            EngineOptions options,
            EngineSeams seams) {
        super(archive, oracles, connectors, options, seams);
    }

    static List<String> stepNames() {
        return List.of(FENCE, SAFETY_COPY, REPAIR, CLEAN, FAST_FORWARD, VERIFY, COMPLETE, UNFENCE);
    }

    /** Rewinds, or goes on with the namespace's unfinished rewind to the same timestamp. */
    public RewindReport run(
            RewindTarget target, RewindPlanner planner, Operations operations, OperationListener listener) {
        long from = seams.monotonicClock().nanoTime();
        if (operations.findUnfinished().isEmpty()) {
            planner.plan(target);
        }
        Operations.Run<RewindState> run = operations.run(
                this,
                unfinished -> unfinished
                        .map(identity -> requireRewindTo(target.timestamp(), identity, operations))
                        .orElseGet(() -> OperationIdentity.create(TYPE, seams)),
                FencedChange::nextEpoch,
                identity ->
                        RewindState.begin(planner.plan(target), seams.clock().instant()),
                listener);
        return RewindReport.of(
                archive.namespace(),
                run,
                Duration.ofNanos(seams.monotonicClock().nanoTime() - from));
    }

    /** Returns the timestamp above which the oracle issued its timestamps after a rewind. */
    static long fastForwardTargetOf(String operationId, Journal journal) {
        return journal.lastState(operationId, RewindState.class).fastForwardTarget();
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Class<RewindState> stateType() {
        return RewindState.class;
    }

    @Override
    public String subject(RewindState state) {
        return "timestamp " + state.plan().targetTimestamp();
    }

    @Override
    public List<Step<RewindState>> steps() {
        return List.of(
                new Step<>(FENCE, this::raiseFence),
                new Step<>(SAFETY_COPY, this::keepSafetyCopies),
                new Step<>(REPAIR, orAdoptAgain(this::repair)),
                new Step<>(CLEAN, orAdoptAgain(this::clean)),
                new Step<>(FAST_FORWARD, this::fastForward),
                new Step<>(VERIFY, orAdoptAgain(this::verify)),
                new Step<>(COMPLETE, orAdoptAgain(this::complete)),
                new Step<>(UNFENCE, this::unfence));
    }

    @Override
    public Transition<RewindState> resume(RewindState state, String interruptedStep, StepContext<RewindState> context) {
        return switch (interruptedStep) {
            case SAFETY_COPY, REPAIR, CLEAN, FAST_FORWARD, VERIFY, COMPLETE ->
                Transition.goTo(interruptedStep, fenced(state, context));
            default -> Transition.goTo(interruptedStep, state);
        };
    }

    /** A cancellation may have got half way before somebody resumed: what it has given back is adopted and cleaned again. */
    private Body<RewindState> orAdoptAgain(Body<RewindState> body) {
        return orAgainFrom(SAFETY_COPY, "keeping safety copies", UnaryOperator.identity(), body);
    }

    @Override
    public boolean isFailureFinal(String step, ErrorCode code) {
        return step.equals(FENCE) || step.equals(SAFETY_COPY);
    }

    @Override
    public boolean isCancellable(String step) {
        return !step.equals(COMPLETE) && !step.equals(UNFENCE);
    }

    @Override
    public void cleanUp(RewindState state, StepContext<RewindState> context) {
        targets.close();
        prepareGiveBack(context);
        forEachNode(state, node -> {
            context.ensureHeld();
            node.giveBack(restoreId(context));
        });
        fence.liftIfOwn(state.fastForwardTarget(), context, context::ensureHeld);
    }

    private Transition<RewindState> raiseFence(RewindState state, StepContext<RewindState> context) {
        return Transition.next(fenced(state, context));
    }

    /** A sweeper may have gone on between the plan and the fence. */
    private Transition<RewindState> keepSafetyCopies(RewindState state, StepContext<RewindState> context) {
        RestoreId restore = restoreId(context);
        forEachNode(state, node -> {
            context.ensureHeld();
            node.adopt(restore);
        });
        if (state.plan().isExternal()) {
            return Transition.next(
                    state); // what its hold has kept is in the stores, whatever they say of garbage collection
        }
        targets.open(restore).forEach((name, cluster) -> {
            cluster.describe()
                    .whyUnreadable(name, state.plan().targetTimestamp())
                    .ifPresent(reason -> {
                        throw new CoordinatorException(
                                ErrorCode.TIMESTAMP_OUT_OF_RANGE,
                                reason,
                                "Choose a later moment, or restore a backup with --at; nothing was changed.");
                    });
        });
        return Transition.next(state);
    }

    private Transition<RewindState> repair(RewindState state, StepContext<RewindState> context) {
        cleaner(state, context).repair(state.plan().isEveryTableRepaired(), context);
        return Transition.next(state);
    }

    private Transition<RewindState> clean(RewindState state, StepContext<RewindState> context) {
        cleaner(state, context).prepareClean(context);
        if (state.plan().isExternal()) {
            targets.open(restoreId(context)).values().forEach(cluster -> {
                context.ensureHeld();
                cluster.adoptTransactionsSchemas(
                        StoreBackup.mapOf(state.plan().transactionsSchemas()),
                        state.plan().transactionsSchemasBound());
            });
        }
        RewindState current = state;
        for (Map.Entry<String, TransactionCleaner.Result> store :
                cleaner(state, context).clean(context).entrySet()) {
            current = current.cleaned(store.getKey(), store.getValue());
        }
        return Transition.next(current);
    }

    private Transition<RewindState> verify(RewindState state, StepContext<RewindState> context) {
        cleaner(state, context).requireClean();
        return Transition.next(state);
    }

    private Transition<RewindState> complete(RewindState state, StepContext<RewindState> context) {
        if (!fence.isUp(context)) {
            context.note("the oracle is not fenced any more: fencing it and cleaning again");
            return Transition.goTo(CLEAN, fenced(state, context));
        }
        targets.open(restoreId(context));
        targets.close();
        fence.fastForward(state.fastForwardTarget(), context);
        forEachNode(state, node -> {
            context.ensureHeld();
            handOver(node, context);
        });
        return Transition.next(state);
    }

    private StoreCleaner cleaner(RewindState state, StepContext<RewindState> context) {
        long firstStart = state.plan().firstStart();
        return new StoreCleaner(
                targets.open(restoreId(context)),
                state.plan().targetTimestamp(),
                new TimestampRange(firstStart, Math.max(firstStart, state.fastForwardTarget())),
                work);
    }

    private void forEachNode(RewindState state, Consumer<StoreNode> action) {
        targets.forEachNamed(state.plan().nodes(), action);
    }

    private static OperationIdentity requireRewindTo(long target, OperationIdentity unfinished, Operations operations) {
        if (unfinished.type().equals(TYPE)) {
            long unfinishedTarget = operations
                    .journal()
                    .lastState(unfinished.operationId(), RewindState.class)
                    .plan()
                    .targetTimestamp();
            if (unfinishedTarget == target) {
                return unfinished;
            }
            throw new CoordinatorException(
                    ErrorCode.OPERATION_IN_PROGRESS,
                    "rewind '" + unfinished.operationId() + "' to timestamp " + unfinishedTarget + " has not ended",
                    "Run 'tidemark resume' to complete it, or 'tidemark cancel' to take it back.");
        }
        throw new CoordinatorException(
                ErrorCode.OPERATION_IN_PROGRESS,
                unfinished.type() + " '" + unfinished.operationId() + "' has not ended",
                "Run 'tidemark cancel' for it, or 'tidemark resume' to complete it.");
    }
}

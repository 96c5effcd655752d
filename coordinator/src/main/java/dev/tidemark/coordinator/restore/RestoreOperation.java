package dev.tidemark.coordinator.restore;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.archive.manifest.StoreBackup;
import dev.tidemark.coordinator.catalog.Catalog;
import dev.tidemark.coordinator.hook.HookMoment;
import dev.tidemark.coordinator.hook.HookedOperation;
import dev.tidemark.coordinator.hook.Hooks;
import dev.tidemark.coordinator.operation.EngineOptions;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.operation.Journal;
import dev.tidemark.coordinator.operation.Operation;
import dev.tidemark.coordinator.operation.OperationIdentity;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.operation.Operations;
import dev.tidemark.coordinator.operation.StepContext;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.node.StoreNode;
import dev.tidemark.timestamp.TimestampClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A restore of one namespace, into empty stores or in the place of what is there.
 *
 * <p>Before anything is changed, the plan checks targets and archive, and every byte is staged and verified beside the stores;
 * a backup that is damaged ends there. Then the oracle is fenced, from the first change to the last check, so no client can
 * run a transaction on a state that is half there, and every client from before has lost its lease. Data that is replaced is
 * set aside on each node, whole, and stays there as the safety copy that an undo brings back. The stores themselves refuse to open from the moment the files
 * are in place until they are clean and the oracle is ahead of every timestamp in them. Once files are loaded, the only
 * way is forward: a failure leaves the restore to be resumed. A resumed restore that finds the oracle without its fence puts it
 * up again, and one that finds a node without its files stages them again. See docs/consistency.rst.
 */
public final class RestoreOperation extends FencedChange<RestoreState> {
    /** The type in the journal. */
    public static final String TYPE = "restore";

    private static final String FENCE = "fence";
    private static final String STAGE = "stage";
    private static final String SET_ASIDE = "set-aside";
    private static final String LOAD = "load";
    private static final String REPAIR = "repair";
    private static final String CLEAN = "clean";
    private static final String FAST_FORWARD = "fast-forward";
    private static final String VERIFY = "verify";
    private static final String COMPLETE = "complete";
    private static final String UNFENCE = "unfence";
    private static final Set<String> CANCELLABLE = Set.of(STAGE, FENCE, SET_ASIDE);

    private final Hooks hooks;

    /** Creates the operation; {@link #run} or {@link #resume} does it. */
    public RestoreOperation(
            NamespaceArchive archive,
            TimestampClient oracles,
            Map<String, StoreConnector> connectors,
            EngineOptions options,
            EngineSeams seams,
            Hooks hooks) {
        super(archive, oracles, connectors, options, seams);
        this.hooks = hooks;
    }

    static List<String> stepNames() {
        return List.of(STAGE, FENCE, SET_ASIDE, LOAD, REPAIR, CLEAN, FAST_FORWARD, VERIFY, COMPLETE, UNFENCE);
    }

    /** Restores, or goes on with the namespace's unfinished restore of the same backup. */
    public RestoreReport run(
            RestoreRequest request, RestorePlanner planner, Operations operations, OperationListener listener) {
        long from = seams.monotonicClock().nanoTime();
        RestoreChoice choice = planner.resolve(request);
        if (operations.findUnfinished().isEmpty()) {
            planner.check(choice);
        }
        Operations.Run<RestoreState> run = operations.run(
                hooked("FAILED"),
                unfinished -> unfinished
                        .map(identity -> requireRestoreOf(choice, identity, operations))
                        .orElseGet(() -> OperationIdentity.create(TYPE, seams)),
                FencedChange::nextEpoch,
                identity ->
                        RestoreState.begin(planner.plan(choice), seams.clock().instant()),
                listener);
        return RestoreReport.of(
                archive.namespace(),
                run,
                Duration.ofNanos(seams.monotonicClock().nanoTime() - from));
    }

    @Override
    protected Operation<RestoreState> hooked(String outcomeAfterCleanUp) {
        return new HookedOperation<>(
                this,
                hooks,
                new HookedOperation.Subject<>(
                        archive.namespace(),
                        HookMoment.BEFORE_RESTORE,
                        HookMoment.AFTER_RESTORE,
                        (state, context) -> state.plan().backupId(),
                        outcomeAfterCleanUp));
    }

    /** Returns the timestamp above which the oracle issued its timestamps after a restore. */
    public static long fastForwardTargetOf(String operationId, Journal journal) {
        return journal.lastState(operationId, RestoreState.class).fastForwardTarget();
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Class<RestoreState> stateType() {
        return RestoreState.class;
    }

    @Override
    public String subject(RestoreState state) {
        return "backup " + state.plan().backupId() + " as of timestamp "
                + state.plan().targetTimestamp();
    }

    @Override
    public List<Step<RestoreState>> steps() {
        return List.of(
                new Step<>(STAGE, new StageStep(archive, work, targets)::run),
                new Step<>(FENCE, this::fence),
                new Step<>(SET_ASIDE, this::setAside),
                new Step<>(LOAD, orStageAgain(this::load)),
                new Step<>(REPAIR, orStageAgain(this::repair)),
                new Step<>(CLEAN, orStageAgain(this::clean)),
                new Step<>(FAST_FORWARD, this::fastForward),
                new Step<>(VERIFY, orStageAgain(this::verify)),
                new Step<>(COMPLETE, orStageAgain(this::complete)),
                new Step<>(UNFENCE, this::unfence));
    }

    @Override
    public Transition<RestoreState> resume(
            RestoreState state, String interruptedStep, StepContext<RestoreState> context) {
        requireOwnTargets(state, context);
        return switch (interruptedStep) {
            case STAGE -> Transition.goTo(STAGE, state.withNothingStaged());
            case SET_ASIDE, LOAD, REPAIR, CLEAN, FAST_FORWARD, VERIFY, COMPLETE ->
                Transition.goTo(interruptedStep, fenced(state, context));
            default -> Transition.goTo(interruptedStep, state);
        };
    }

    /** A node may lose its disk between two steps, or between two processes: what it had is staged and loaded again. */
    private Body<RestoreState> orStageAgain(Body<RestoreState> body) {
        return orAgainFrom(STAGE, "staging", RestoreState::withNothingStaged, body);
    }

    @Override
    public boolean isFailureFinal(String step, ErrorCode code) {
        return isCancellable(step) && !code.isRetryable();
    }

    /** From the load on the way back would be as long as the way forward. */
    @Override
    public boolean isCancellable(String step) {
        return CANCELLABLE.contains(step);
    }

    @Override
    public void cleanUp(RestoreState state, StepContext<RestoreState> context) {
        prepareGiveBack(context);
        targets.forEachNode(state.plan(), node -> {
            context.ensureHeld();
            node.giveBack(restoreId(context));
            node.discardStaging(restoreId(context));
        });
        fence.liftIfOwn(state.fastForwardTarget(), context, context::ensureHeld);
    }

    private Transition<RestoreState> fence(RestoreState state, StepContext<RestoreState> context) {
        requireOwnTargets(state, context);
        return Transition.next(fenced(state, context));
    }

    /**
     * A restore into another place may be resumed by mistake with the configuration of the live stores: nothing is fenced and
     * nothing staged for nodes whose data is not of this restore.
     */
    private void requireOwnTargets(RestoreState state, StepContext<RestoreState> context) {
        targets.forEachNode(state.plan(), node -> {
            boolean isOwn = node.isEmptyFor(restoreId(context))
                    || (state.plan().existingData() == ExistingData.REPLACE
                            && state.safetyCopies().isEmpty());
            if (!isOwn) {
                throw new CoordinatorException(
                        ErrorCode.STORE_NOT_EMPTY,
                        "node '" + node.id() + "' holds data that is not of restore '" + context.operationId()
                                + "' (expected: an empty target, or what it has loaded)",
                        "Use the configuration that the restore was begun with, or move the store's directory away.");
            }
        });
    }

    private Transition<RestoreState> setAside(RestoreState state, StepContext<RestoreState> context) {
        if (state.plan().existingData() == ExistingData.REFUSE) {
            return Transition.next(state);
        }
        SortedSet<String> copies = new TreeSet<>();
        RestoreId restore = restoreId(context);
        for (RestorePlan.NodePlan planned : state.plan().nodes()) {
            context.ensureHeld();
            StoreNode node = targets.node(planned.store(), planned.node());
            node.setAside(restore);
            if (node.safetyCopies().contains(restore.id())) {
                copies.add(planned.store() + "/" + planned.node());
            }
        }
        return Transition.next(state.withSafetyCopies(copies));
    }

    private Transition<RestoreState> load(RestoreState state, StepContext<RestoreState> context) {
        Manifest manifest = new Catalog(archive).find(state.plan().backupId());
        targets.forEachStore((name, connector) -> {
            context.ensureHeld();
            connector.prepareLoad(
                    restoreId(context),
                    state.plan()
                            .tableChoice()
                            .of(manifest.store(name), connector)
                            .schema());
        });
        targets.forEachNode(state.plan(), node -> {
            context.ensureHeld();
            node.load(restoreId(context));
        });
        return Transition.next(state);
    }

    private Transition<RestoreState> repair(RestoreState state, StepContext<RestoreState> context) {
        cleaner(state, context).repair(state.plan().isDegraded(), context);
        return Transition.next(state);
    }

    private Transition<RestoreState> clean(RestoreState state, StepContext<RestoreState> context) {
        Manifest manifest = new Catalog(archive).find(state.plan().backupId());
        cleaner(state, context).prepareClean(context);
        targets.open(restoreId(context)).forEach((name, cluster) -> {
            StoreBackup backup = manifest.store(name);
            context.ensureHeld();
            cluster.adoptTransactionsSchemas(
                    StoreBackup.mapOf(backup.transactionsSchemas()), backup.transactionsSchemasBound());
            cluster.raiseEarliestReadableTimestamp(state.plan().earliestReadableTimestamp());
        });
        RestoreState current = state;
        for (Map.Entry<String, TransactionCleaner.Result> store :
                cleaner(state, context).clean(context).entrySet()) {
            current = current.cleaned(store.getKey(), store.getValue());
        }
        return Transition.next(current);
    }

    private Transition<RestoreState> verify(RestoreState state, StepContext<RestoreState> context) {
        cleaner(state, context).requireClean();
        return Transition.next(state);
    }

    private StoreCleaner cleaner(RestoreState state, StepContext<RestoreState> context) {
        return new StoreCleaner(
                targets.open(restoreId(context)), state.plan().targetTimestamp(), cleanRange(state), work);
    }

    private Transition<RestoreState> complete(RestoreState state, StepContext<RestoreState> context) {
        if (!fence.isUp(context)) {
            context.note("the oracle is not fenced any more: fencing it and cleaning again");
            return Transition.goTo(CLEAN, fenced(state, context));
        }
        targets.open(restoreId(context));
        targets.close();
        fence.fastForward(state.fastForwardTarget(), context);
        targets.forEachNode(state.plan(), node -> {
            context.ensureHeld();
            handOver(node, context);
            node.discardStaging(restoreId(context));
        });
        return Transition.next(state);
    }

    private static TimestampRange cleanRange(RestoreState state) {
        return new TimestampRange(
                Math.max(1, state.plan().immutableTimestamp()),
                Math.max(
                        state.plan().immutableTimestamp(),
                        state.plan().fastForwardInputs().get(RestorePlanner.FAST_FORWARD_OF_BACKUP)));
    }

    private OperationIdentity requireRestoreOf(
            RestoreChoice choice, OperationIdentity unfinished, Operations operations) {
        if (unfinished.type().equals(TYPE)) {
            RestorePlan plan = operations
                    .journal()
                    .lastState(unfinished.operationId(), RestoreState.class)
                    .plan();
            if (plan.backupId().equals(choice.backupId())
                    && plan.targetTimestamp() == choice.targetTimestamp()
                    && plan.tables().equals(choice.tables())) {
                return unfinished;
            }
            throw new CoordinatorException(
                    ErrorCode.OPERATION_IN_PROGRESS,
                    "restore '" + unfinished.operationId() + "' of backup '" + plan.backupId() + "' to timestamp "
                            + plan.targetTimestamp()
                            + (plan.tables().isEmpty() ? "" : ", tables " + plan.tables()) + " has not ended",
                    "Run 'tidemark resume' to complete it, or 'tidemark cancel' before it has loaded its files.");
        }
        throw new CoordinatorException(
                ErrorCode.OPERATION_IN_PROGRESS,
                unfinished.type() + " '" + unfinished.operationId() + "' has not ended",
                "Run 'tidemark cancel' for it, or 'tidemark resume' to complete it.");
    }
}

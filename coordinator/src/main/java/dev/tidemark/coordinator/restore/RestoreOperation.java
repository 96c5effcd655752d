package dev.tidemark.coordinator.restore;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.operation.EngineOptions;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.operation.Operation;
import dev.tidemark.coordinator.operation.OperationIdentity;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.operation.Operations;
import dev.tidemark.coordinator.operation.ParallelWork;
import dev.tidemark.coordinator.operation.StepContext;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.cluster.StoreCluster;
import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.timestamp.NamespaceOracle;
import dev.tidemark.timestamp.TimestampClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A restore of one namespace into empty stores.
 *
 * <p>Before anything is changed, the plan checks targets and archive, and every byte is staged and verified beside the stores;
 * a backup that is damaged ends there. Then the oracle is fenced, from the first change to the last check, so no client can
 * run a transaction on a state that is half there, and every client from before has lost its lease. The stores themselves refuse to open from the moment the files
 * are in place until they are clean and the oracle is ahead of every timestamp in them. Once files are loaded, the only
 * way is forward: a failure leaves the restore to be resumed. A resumed restore that finds the oracle without its fence puts it
 * up again, and one that finds a node without its files stages them again. See docs/consistency.rst.
 */
public final class RestoreOperation implements Operation<RestoreState>, AutoCloseable {
    /** The type in the journal. */
    public static final String TYPE = "restore";

    private static final String FENCE = "fence";
    private static final String STAGE = "stage";
    private static final String LOAD = "load";
    private static final String REPAIR = "repair";
    private static final String CLEAN = "clean";
    private static final String FAST_FORWARD = "fast-forward";
    private static final String VERIFY = "verify";
    private static final String COMPLETE = "complete";
    private static final String UNFENCE = "unfence";
    private static final Set<String> CANCELLABLE = Set.of(STAGE, FENCE);

    private final NamespaceArchive archive;
    private final TimestampClient oracles;
    private final EngineOptions options;
    private final EngineSeams seams;
    private final ParallelWork work;
    private final RestoreTargets targets;

    /** Creates the operation; {@link #run} or {@link #resume} does it. */
    public RestoreOperation(
            NamespaceArchive archive,
            TimestampClient oracles,
            Map<String, StoreConnector> connectors,
            EngineOptions options,
            EngineSeams seams) {
        this.archive = archive;
        this.oracles = oracles;
        this.targets = new RestoreTargets(connectors);
        this.options = options;
        this.seams = seams;
        this.work = new ParallelWork(seams.workers(), options.parallelism());
    }

    static List<String> stepNames() {
        return List.of(STAGE, FENCE, LOAD, REPAIR, CLEAN, FAST_FORWARD, VERIFY, COMPLETE, UNFENCE);
    }

    /** Restores, or goes on with the namespace's unfinished restore of the same backup. */
    public RestoreReport run(
            RestoreRequest request, RestorePlanner planner, Operations operations, OperationListener listener) {
        long from = seams.monotonicClock().nanoTime();
        String backupId = planner.resolve(request);
        if (operations.findUnfinished().isEmpty()) {
            planner.check(new RestoreRequest(request.namespace(), backupId));
        }
        Operations.Run<RestoreState> run = operations.run(
                this,
                unfinished -> unfinished
                        .map(identity -> requireRestoreOf(backupId, identity, operations))
                        .orElseGet(() -> OperationIdentity.create(TYPE, seams)),
                RestoreOperation::nextEpoch,
                identity -> RestoreState.begin(
                        planner.plan(new RestoreRequest(request.namespace(), backupId)),
                        seams.clock().instant()),
                listener);
        return RestoreReport.of(
                archive.namespace(),
                run,
                Duration.ofNanos(seams.monotonicClock().nanoTime() - from));
    }

    /** Goes on with the namespace's unfinished restore. */
    public void resume(Operations operations, OperationListener listener) {
        operations.run(
                this,
                unfinished -> unfinished
                        .filter(identity -> identity.type().equals(TYPE))
                        .orElseThrow(() -> new CoordinatorException(
                                ErrorCode.UNKNOWN_OPERATION,
                                "the restore has ended meanwhile",
                                "See 'tidemark operations'.")),
                RestoreOperation::nextEpoch,
                identity -> {
                    throw new IllegalStateException("an unfinished operation has a journal");
                },
                listener);
    }

    /** Cancels the namespace's unfinished restore, if it has not loaded anything. */
    public void cancel(String operationId, Operations operations, OperationListener listener) {
        operations.cancel(this, operationId, RestoreOperation::nextEpoch, listener);
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
    public List<Step<RestoreState>> steps() {
        return List.of(
                new Step<>(STAGE, new StageStep(archive, work, targets)::run),
                new Step<>(FENCE, this::fence),
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
            case LOAD, REPAIR, CLEAN, FAST_FORWARD, VERIFY, COMPLETE ->
                Transition.goTo(interruptedStep, fenced(state, context));
            default -> Transition.goTo(interruptedStep, state);
        };
    }

    /** A node may lose its disk between two steps, or between two processes: what it had is staged and loaded again. */
    private Body<RestoreState> orStageAgain(Body<RestoreState> body) {
        return (state, context) -> {
            try {
                return body.run(state, context);
            } catch (KeyValueStoreException e) {
                if (e.code() != ErrorCode.NOT_ALLOWED_NOW) {
                    throw e;
                }
                context.note("staging again: " + e.getMessage());
                targets.close();
                return Transition.goTo(STAGE, state.withNothingStaged());
            }
        };
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
        targets.forEachNode(state.plan(), node -> {
            context.ensureHeld();
            node.discardStaging(restoreId(context));
        });
        liftOwnFence(state, context, context::ensureHeld);
    }

    /** A fence that went up after the other process had lifted it would stay for good. */
    @Override
    public void overtaken(RestoreState state, StepContext<RestoreState> context) {
        if (context.hasEnded(context.operationId())) {
            liftOwnFence(state, context, () -> {});
        }
    }

    private void liftOwnFence(RestoreState state, StepContext<RestoreState> context, Runnable permission) {
        if (oracles.namespaces().contains(archive.namespace())) {
            NamespaceOracle oracle = oracles.namespace(archive.namespace());
            if (oracle.currentFence().equals(Optional.of(context.operationId()))) {
                permission.run();
                oracle.fastForward(state.fastForwardTarget());
                oracle.unfence(context.operationId());
            }
        }
    }

    @Override
    public void close() {
        targets.close();
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
            if (!node.isEmptyFor(restoreId(context))) {
                throw new CoordinatorException(
                        ErrorCode.STORE_NOT_EMPTY,
                        "node '" + node.id() + "' holds data that is not of restore '" + context.operationId()
                                + "' (expected: an empty target, or what it has loaded)",
                        "Use the configuration that the restore was begun with, or move the store's directory away.");
            }
        });
    }

    /** Puts the fence up if it is not; creates the namespace if the oracle was lost. */
    private RestoreState fenced(RestoreState state, StepContext<RestoreState> context) {
        context.ensureHeld();
        NamespaceOracle oracle = oracles.createNamespace(archive.namespace());
        long largest = oracle.currentFence().isPresent() ? 0 : oracle.freshTimestamp();
        oracle.fence(context.operationId());
        return state.fencedAt(Math.max(largest, state.largestTimestampAtFence()));
    }

    private Transition<RestoreState> load(RestoreState state, StepContext<RestoreState> context) {
        targets.forEachNode(state.plan(), node -> {
            context.ensureHeld();
            node.load(restoreId(context));
        });
        return Transition.next(state);
    }

    private Transition<RestoreState> repair(RestoreState state, StepContext<RestoreState> context) {
        targets.open(restoreId(context)).forEach((name, cluster) -> {
            Set<TableName> tables = cluster.cells().tables(); // what else a store says of itself may need the repair
            Set<TableName> chosen = state.plan().isDegraded()
                    ? tables
                    : tables.stream().filter(TableName::isInternal).collect(Collectors.toSet());
            context.ensureHeld();
            cluster.repair(chosen);
        });
        return Transition.next(state);
    }

    private Transition<RestoreState> clean(RestoreState state, StepContext<RestoreState> context) {
        RestoreState current = state;
        for (Map.Entry<String, StoreCluster> store :
                targets.open(restoreId(context)).entrySet()) {
            TransactionCleaner cleaner = new TransactionCleaner(
                    store.getValue().transactionTable(), state.plan().backupTimestamp(), work, (scanned, aborted) -> {
                        context.ensureHeld();
                        context.progress(0, 0, scanned);
                    });
            current = current.cleaned(store.getKey(), cleaner.clean(cleanRange(state)));
        }
        return Transition.next(current);
    }

    private Transition<RestoreState> fastForward(RestoreState state, StepContext<RestoreState> context) {
        context.ensureHeld();
        oracles.namespace(archive.namespace()).fastForward(state.fastForwardTarget());
        return Transition.next(state);
    }

    private Transition<RestoreState> verify(RestoreState state, StepContext<RestoreState> context) {
        targets.open(restoreId(context)).forEach((name, cluster) -> {
            TransactionCleaner counter = new TransactionCleaner(
                    cluster.transactionTable(), state.plan().backupTimestamp(), work, (scanned, aborted) -> {});
            long left = counter.count(cleanRange(state));
            if (left != 0) {
                throw new CoordinatorException(
                        ErrorCode.VERIFICATION_FAILED,
                        left + " commits above timestamp " + state.plan().backupTimestamp() + " are left in store '"
                                + name + "'",
                        "Stop every client of the namespace, then run 'tidemark resume'.");
            }
        });
        return Transition.next(state);
    }

    private Transition<RestoreState> complete(RestoreState state, StepContext<RestoreState> context) {
        NamespaceOracle oracle = oracles.namespace(archive.namespace());
        if (!oracle.currentFence().equals(Optional.of(context.operationId()))) {
            context.note("the oracle is not fenced any more: fencing it and cleaning again");
            return Transition.goTo(CLEAN, fenced(state, context));
        }
        targets.open(restoreId(context));
        targets.close();
        context.ensureHeld();
        oracle.fastForward(state.fastForwardTarget());
        targets.forEachNode(state.plan(), node -> {
            context.ensureHeld();
            node.completeRestore(restoreId(context));
            node.discardStaging(restoreId(context));
        });
        return Transition.next(state);
    }

    private Transition<RestoreState> unfence(RestoreState state, StepContext<RestoreState> context) {
        NamespaceOracle oracle = oracles.createNamespace(archive.namespace());
        context.ensureHeld();
        oracle.fastForward(state.fastForwardTarget());
        oracle.unfence(context.operationId());
        long fresh = oracle.freshTimestamp();
        if (fresh <= state.fastForwardTarget()) {
            oracle.fence(context.operationId());
            throw new CoordinatorException(
                    ErrorCode.ORACLE_WENT_BACK,
                    "the oracle issued " + fresh + " after it was fast-forwarded to " + state.fastForwardTarget(),
                    "Make sure that the configuration names the right oracle, then run 'tidemark resume'.");
        }
        return Transition.next(state);
    }

    private static TimestampRange cleanRange(RestoreState state) {
        return new TimestampRange(
                Math.max(1, state.plan().immutableTimestamp()),
                Math.max(
                        state.plan().immutableTimestamp(),
                        state.plan().fastForwardInputs().get(RestorePlanner.FAST_FORWARD_OF_BACKUP)));
    }

    private static RestoreId restoreId(StepContext<RestoreState> context) {
        return new RestoreId(context.operationId(), context.epoch());
    }

    private OperationIdentity requireRestoreOf(String backupId, OperationIdentity unfinished, Operations operations) {
        if (unfinished.type().equals(TYPE)) {
            String unfinishedBackupId = operations
                    .journal()
                    .lastState(unfinished.operationId(), RestoreState.class)
                    .plan()
                    .backupId();
            if (unfinishedBackupId.equals(backupId)) {
                return unfinished;
            }
            throw new CoordinatorException(
                    ErrorCode.OPERATION_IN_PROGRESS,
                    "restore '" + unfinished.operationId() + "' of backup '" + unfinishedBackupId + "' has not ended",
                    "Run 'tidemark resume' to complete it, or 'tidemark cancel' before it has loaded its files.");
        }
        throw new CoordinatorException(
                ErrorCode.OPERATION_IN_PROGRESS,
                unfinished.type() + " '" + unfinished.operationId() + "' has not ended",
                "Run 'tidemark cancel' for it, or 'tidemark resume' to complete it.");
    }

    /** The oracle may be lost, or silent behind this restore's own fence: the epoch is no number of its sequence. */
    private static long nextEpoch(long lastEpoch) {
        return lastEpoch + 1;
    }
}

package dev.tidemark.coordinator.backup;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.filelist.FileListRef;
import dev.tidemark.coordinator.archive.inventory.Inventory;
import dev.tidemark.coordinator.archive.manifest.NodeCut;
import dev.tidemark.coordinator.archive.manifest.StoreBackup;
import dev.tidemark.coordinator.catalog.BackupSummary;
import dev.tidemark.coordinator.catalog.Catalog;
import dev.tidemark.coordinator.hook.HookMoment;
import dev.tidemark.coordinator.hook.HookedOperation;
import dev.tidemark.coordinator.namespace.NamespaceSetup;
import dev.tidemark.coordinator.node.NodeCopy;
import dev.tidemark.coordinator.objectlock.BackupLocks;
import dev.tidemark.coordinator.operation.EndedFence;
import dev.tidemark.coordinator.operation.EngineOptions;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.operation.Operation;
import dev.tidemark.coordinator.operation.OperationIdentity;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.operation.Operations;
import dev.tidemark.coordinator.operation.ParallelWork;
import dev.tidemark.coordinator.operation.Resumable;
import dev.tidemark.coordinator.operation.StepContext;
import dev.tidemark.coordinator.runbook.RunbookPublisher;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.node.SnapshotTag;
import dev.tidemark.kvs.node.StoreNode;
import dev.tidemark.kvs.transaction.LeaseToken;
import dev.tidemark.timestamp.NamespaceOracle;
import dev.tidemark.timestamp.TimestampClient;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.ToLongFunction;

/**
 * A backup of one namespace.
 *
 * <p>The order of the steps is the argument: the hold comes before the backup timestamp B, so nothing that is visible at B
 * can be swept; it is proven to have lived until the last snapshot; the fast-forward timestamp F comes after the last
 * snapshot, so every start timestamp in the snapshots is below it; the manifest comes last. See docs/consistency.rst.
 *
 * <p>What may be lost with the process is the hold and, by other hands, the snapshots. A resumed backup asks for both and begins
 * another cut when one is gone.
 */
public final class BackupOperation implements Operation<BackupState>, Resumable {
    /** The type in the journal. */
    public static final String TYPE = "backup";

    private static final String CHECK = "check";
    private static final String HOLD = "hold";
    private static final String BACKUP_TIMESTAMP = "backup-timestamp";
    private static final String SNAPSHOT = "snapshot";
    private static final String RELEASE = "release";
    private static final String FAST_FORWARD_TIMESTAMP = "fast-forward-timestamp";
    private static final String COPY = "copy";
    private static final String INVENTORY = "inventory";
    private static final String COMMIT = "commit";
    private static final String DROP_SNAPSHOTS = "drop-snapshots";
    private static final String RUNBOOK = "runbook";

    private static final int MAX_ATTEMPTS = 5;
    private static final Duration SETTLE_POLL = Duration.ofMillis(2);

    private final NamespaceArchive archive;
    private final TimestampClient oracles;
    private final EngineOptions options;
    private final EngineSeams seams;
    private final ParallelWork work;
    private final BackupStores stores;
    private final NamespaceSetup setup;
    private final RunbookPublisher runbooks;
    private Optional<String> endedFence = Optional.empty();
    private Hold hold;

    /** Creates the operation; {@link #run} or {@link #resume} does it. */
    public BackupOperation(
            NamespaceArchive archive,
            TimestampClient oracles,
            Map<String, StoreConnector> connectors,
            EngineOptions options,
            EngineSeams seams,
            NamespaceSetup setup) {
        this.archive = archive;
        this.oracles = oracles;
        this.stores = new BackupStores(archive, connectors);
        this.options = options;
        this.seams = seams;
        this.work = new ParallelWork(seams.workers(), options.parallelism());
        this.setup = setup;
        this.runbooks = new RunbookPublisher(archive, setup.runbooks());
    }

    /** Backs up, or goes on with the namespace's unfinished backup. */
    public BackupReport run(BackupRequest request, Operations operations, OperationListener listener) {
        archive.signer().require("take a backup");
        long from = seams.monotonicClock().nanoTime();
        liftEndedFence(operations);
        Operations.Run<BackupState> run = operations.run(
                hooked("FAILED"),
                unfinished -> unfinished.map(this::requireBackup).orElseGet(this::newIdentity),
                this::nextEpoch,
                identity -> BackupState.begin(
                        request,
                        seams.clock().instant(),
                        ParentBackup.newestId(archive, message -> listener.note(identity.operationId(), message))),
                listener);
        return report(run, Duration.ofNanos(seams.monotonicClock().nanoTime() - from));
    }

    @Override
    public void resume(Operations operations, OperationListener listener) {
        archive.signer().require("complete a backup");
        liftEndedFence(operations);
        operations.resume(hooked("FAILED"), this::nextEpoch, listener);
    }

    /** Behind a fence there is not even an epoch for the lock. */
    private void liftEndedFence(Operations operations) {
        if (oracles.namespaces().contains(archive.namespace())) {
            endedFence = EndedFence.lift(oracle(), operations.journal()::hasEnded);
        }
    }

    /** Cancels the namespace's unfinished backup; neither its stores nor its oracle need to be there any more. */
    @Override
    public void cancel(String operationId, Operations operations, OperationListener listener) {
        archive.signer().require("cancel a backup");
        operations.cancel(hooked("CANCELLED"), operationId, BackupOperation::nextEpochToCancel, listener);
    }

    private Operation<BackupState> hooked(String outcomeAfterCleanUp) {
        return new HookedOperation<>(
                this,
                setup.hooks(),
                new HookedOperation.Subject<>(
                        archive.namespace(),
                        HookMoment.BEFORE_BACKUP,
                        HookMoment.AFTER_BACKUP,
                        (state, context) -> context.operationId(),
                        outcomeAfterCleanUp));
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public Class<BackupState> stateType() {
        return BackupState.class;
    }

    @Override
    public List<Step<BackupState>> steps() {
        return List.of(
                new Step<>(CHECK, this::check),
                new Step<>(HOLD, this::takeHold),
                new Step<>(BACKUP_TIMESTAMP, this::fetchBackupTimestamp),
                new Step<>(SNAPSHOT, this::takeSnapshots),
                new Step<>(RELEASE, this::releaseHold),
                new Step<>(FAST_FORWARD_TIMESTAMP, this::fetchFastForwardTimestamp),
                new Step<>(COPY, new CopyStep(archive, work, stores)::run),
                new Step<>(INVENTORY, this::writeInventory),
                new Step<>(COMMIT, this::commit),
                new Step<>(DROP_SNAPSHOTS, this::dropSnapshots),
                new Step<>(RUNBOOK, this::writeRunbook));
    }

    @Override
    public boolean isSkipped(String step) {
        return step.equals(RUNBOOK) && runbooks.isSilent();
    }

    @Override
    public Transition<BackupState> resume(BackupState state, String interruptedStep, StepContext<BackupState> context) {
        return switch (interruptedStep) {
            case BACKUP_TIMESTAMP, RELEASE -> resumeUnderHold(state, interruptedStep, context);
            case SNAPSHOT -> anotherCut(state, "nobody knows when the interrupted process took its snapshots", context);
            case FAST_FORWARD_TIMESTAMP, COPY ->
                lostSnapshot(state, context)
                        .map(reason -> anotherCut(state, reason, context))
                        .orElseGet(() -> Transition.goTo(interruptedStep, state));
            default -> Transition.goTo(interruptedStep, state);
        };
    }

    private Transition<BackupState> resumeUnderHold(
            BackupState state, String interruptedStep, StepContext<BackupState> context) {
        Cut cut = state.cut();
        Optional<Hold> alive = Hold.goOn(oracle(), token(cut), cut.immutableTimestamp(), seams, options.holdLimit());
        if (alive.isEmpty()) {
            return anotherCut(state, "the hold was lost with the process that had it", context);
        }
        hold = alive.get();
        return Transition.goTo(interruptedStep, state);
    }

    /**
     * An archive that does not answer during the commit may have the manifest. A node that does not answer during the copy keeps
     * its snapshot, and if it is back when the backup is resumed the copy goes on from where it was recorded.
     */
    @Override
    public boolean isFailureFinal(String step, ErrorCode code) {
        boolean canGoOn =
                switch (step) {
                    case COMMIT -> code.isRetryable();
                    case COPY -> code == ErrorCode.STORE_UNAVAILABLE;
                    default -> !isCancellable(step);
                };
        return !canGoOn;
    }

    /** From the commit on the manifest may be there; {@link #cleanUp} finds out. */
    @Override
    public boolean isCancellable(String step) {
        return !step.equals(DROP_SNAPSHOTS) && !step.equals(RUNBOOK);
    }

    @Override
    public void cleanUp(BackupState state, StepContext<BackupState> context) {
        abandon(context);
        endHold(state, context);
        stores.dropUpTo(state.attempt(), context);
    }

    private void abandon(StepContext<BackupState> context) {
        try {
            archive.manifests().abandon(context.operationId());
        } catch (CoordinatorException e) {
            if (e.code() != ErrorCode.OBJECT_EXISTS) {
                throw e;
            }
            throw new CoordinatorException(
                    ErrorCode.NOT_ALLOWED_NOW,
                    "backup '" + context.operationId() + "' is committed already",
                    "Run 'tidemark resume' to complete it.",
                    e);
        }
    }

    /** The lease may be the other process's as well: it is ended only when that one can't be under it any more. */
    @Override
    public void overtaken(BackupState state, StepContext<BackupState> context) {
        Hold overtaken = hold;
        hold = null;
        if (overtaken != null) {
            overtaken.leave();
        }
        if (context.hasEnded(context.operationId())) {
            if (overtaken != null) {
                overtaken.close();
            }
            stores.dropUpToOfEnded(state.attempt(), context);
        }
    }

    private void endHold(BackupState state, StepContext<BackupState> context) {
        if (hold != null) {
            hold.close();
            hold = null;
        } else if (!state.cut().leaseToken().isEmpty()) {
            try {
                oracle().unlock(Set.of(token(state.cut())));
            } catch (TidemarkException e) {
                context.note("the lease could not be ended and runs out by itself: " + e.getMessage());
            }
        }
    }

    @Override
    public void close() {
        if (hold != null) {
            hold.close();
        }
        stores.close();
    }

    private Transition<BackupState> check(BackupState state, StepContext<BackupState> context) {
        endedFence.ifPresent(fence -> context.note("lifted the fence of '" + fence + "', which has ended"));
        stores.connected().forEach((name, cluster) -> cluster.check().forEach(problem -> {
            if (problem.isBlocking()) {
                throw new CoordinatorException(
                        ErrorCode.STORE_UNAVAILABLE, "store '" + name + "': " + problem.message(), problem.hint());
            }
            context.note("store '" + name + "': " + problem.message());
        }));
        stores.dropLeftovers(context);
        // The lease's name is on record before the lease can exist, so that a clean-up can always end it.
        String token = new UUID(seams.random().nextLong(), seams.random().nextLong()).toString();
        return Transition.next(state.withStores(stores.describe()).withCut(Cut.begin(token)));
    }

    private Transition<BackupState> takeHold(BackupState state, StepContext<BackupState> context) {
        Instant from = seams.clock().instant();
        hold = Hold.take(oracle(), token(state.cut()), seams, options.holdLimit());
        return Transition.next(state.withCut(state.cut().held(hold.immutableTimestamp(), from)));
    }

    private Transition<BackupState> fetchBackupTimestamp(BackupState state, StepContext<BackupState> context) {
        long backupTimestamp = oracle().freshTimestamp();
        // Read afterwards: B was issued at or before this time, as every point of the time index says.
        Instant time = seams.clock().instant();
        boolean isSettled = settle(backupTimestamp);
        if (!isSettled) {
            context.note("some transactions with a commit timestamp at or below " + backupTimestamp
                    + " have not recorded their outcome in time; the cut is consistent, but not exact");
        }
        return Transition.next(state.withCut(state.cut().at(backupTimestamp, time, isSettled)));
    }

    private boolean settle(long backupTimestamp) {
        long deadline =
                seams.monotonicClock().nanoTime() + options.settleTimeout().toNanos();
        NamespaceOracle oracle = oracle();
        while (!oracle.isSettled(backupTimestamp)) {
            if (seams.monotonicClock().nanoTime() >= deadline) {
                return false;
            }
            sleep(SETTLE_POLL);
        }
        return true;
    }

    private Transition<BackupState> takeSnapshots(BackupState state, StepContext<BackupState> context) {
        SnapshotTaker.Snapshots snapshots = new SnapshotTaker(oracle(), seams, work, hold, setup.order())
                .take(stores.nodes(context), state.stores(), tag(state, context), state.isDegradedAllowed());
        snapshots.missing().forEach(node -> context.note("no snapshot of " + node + "; the backup is degraded"));
        List<StoreBackup> afterwards = stores.describe();
        if (!StoreStates.haveSameNodes(state.stores(), afterwards)) {
            return anotherCut(state, "nodes or their token ranges changed during the snapshot", context);
        }
        Optional<String> schemaChange = StoreStates.schemaChange(state.stores(), afterwards);
        if (schemaChange.isPresent()) {
            return anotherCut(state, schemaChange.get() + " during the snapshot", context);
        }
        hold.ensureAlive();
        // What was swept until the hold is gone from the snapshots: only what the stores say now is true of them.
        return Transition.next(state.withStores(afterwards)
                .withCut(state.cut().withSnapshots(snapshots.nodes(), snapshots.missing())));
    }

    private Transition<BackupState> releaseHold(BackupState state, StepContext<BackupState> context) {
        try {
            hold.release();
        } catch (CoordinatorException e) {
            if (e.code() != ErrorCode.LEASE_LOST) {
                throw e;
            }
            return anotherCut(state, e.getMessage(), context);
        }
        Instant now = seams.clock().instant();
        long heldMillis = Math.max(
                hold.age().toMillis(),
                Duration.between(state.cut().heldFrom(), now).toMillis());
        long refreshes = hold.refreshes();
        hold = null;
        return Transition.next(state.withCut(state.cut().released(now, heldMillis, refreshes)));
    }

    private Transition<BackupState> fetchFastForwardTimestamp(BackupState state, StepContext<BackupState> context) {
        return Transition.next(state.withCut(state.cut().withFastForward(oracle().freshTimestamp())));
    }

    /** What the copy has stored is listed and read back before anything says that it is a backup. */
    private Transition<BackupState> writeInventory(BackupState state, StepContext<BackupState> context) {
        List<FileListRef> lists =
                state.copies().values().stream().map(NodeCopy::fileList).toList();
        Inventory inventory = archive.inventoryWriter()
                .write(
                        context.operationId(),
                        lists,
                        archive.loadAndCompleteIndex(),
                        seams.clock().instant());
        new BackupLocks(archive, work, context::note).extend(inventory, lists, state.startedAt());
        return Transition.next(state);
    }

    private Transition<BackupState> commit(BackupState state, StepContext<BackupState> context) {
        new ManifestCommitter(archive.archiveId(), archive, this::oracle, context)
                .commit(state, seams.clock().instant());
        new BackupLocks(archive, work, context::note).extendManifest(context.operationId(), state.startedAt());
        return Transition.next(state);
    }

    private Transition<BackupState> dropSnapshots(BackupState state, StepContext<BackupState> context) {
        stores.dropUpTo(state.attempt(), context);
        return Transition.next(state);
    }

    private Transition<BackupState> writeRunbook(BackupState state, StepContext<BackupState> context) {
        context.ensureHeld();
        runbooks.publish(archive.manifests().read(context.operationId()), context::note);
        return Transition.next(state);
    }

    private Transition<BackupState> anotherCut(BackupState state, String reason, StepContext<BackupState> context) {
        if (state.attempt() >= MAX_ATTEMPTS) {
            throw new CoordinatorException(
                    ErrorCode.LEASE_LOST,
                    "no cut could be completed in " + MAX_ATTEMPTS + " attempts; the last one: " + reason,
                    "Look for restarts of the oracle and long pauses, then run the backup again.");
        }
        context.ensureHeld();
        context.note("beginning another cut: " + reason);
        endHold(state, context);
        stores.dropUpTo(state.attempt(), context);
        return Transition.goTo(CHECK, state.withNextAttempt());
    }

    /**
     * Returns why the copy of the cut can't go on. A node that is away may be so for good, and nobody is to wait for it: another cut
     * does without it if the others suffice.
     */
    private Optional<String> lostSnapshot(BackupState state, StepContext<BackupState> context) {
        SnapshotTag tag = tag(state, context);
        for (NodeCut cut : state.cut().nodes()) {
            Optional<StoreNode> node = stores.findNode(cut.store(), cut.node());
            if (node.isEmpty()) {
                return Optional.of("node '" + cut.node() + "' of store '" + cut.store() + "' can't be reached");
            }
            if (!node.get().snapshots().contains(tag)) {
                return Optional.of("a snapshot has vanished");
            }
        }
        return Optional.empty();
    }

    private OperationIdentity requireBackup(OperationIdentity unfinished) {
        if (!unfinished.type().equals(TYPE)) {
            throw new CoordinatorException(
                    ErrorCode.OPERATION_IN_PROGRESS,
                    unfinished.type() + " '" + unfinished.operationId() + "' has not ended",
                    "Run 'tidemark resume' to complete it before the next backup.");
        }
        return unfinished;
    }

    private OperationIdentity newIdentity() {
        return OperationIdentity.create(TYPE, seams);
    }

    /**
     * A backup needs an oracle that has gone on from where it was; anything else means that timestamps were reused. What is
     * known of where it was is the last backup's fast-forward timestamp; epochs are no numbers of the oracle's sequence.
     */
    private long nextEpoch(long lastEpoch) {
        long fresh = oracle().freshTimestamp();
        long seen = new Catalog(archive)
                .list().backups().stream()
                        .mapToLong(BackupSummary::fastForwardTimestamp)
                        .max()
                        .orElse(0);
        if (fresh <= seen) {
            throw new CoordinatorException(
                    ErrorCode.ORACLE_WENT_BACK,
                    "the oracle issued timestamp " + fresh + " for namespace '" + archive.namespace()
                            + "', but a backup in the archive has seen " + seen + " before",
                    "Stop the namespace's clients at once: timestamps are being reused. Restore a backup, which fast-forwards "
                            + "the oracle.");
        }
        return Math.max(fresh, lastEpoch + 1);
    }

    /** After total loss there is no oracle to ask. */
    private static long nextEpochToCancel(long lastEpoch) {
        return lastEpoch + 1;
    }

    private NamespaceOracle oracle() {
        return oracles.namespace(archive.namespace());
    }

    private void sleep(Duration duration) {
        try {
            seams.sleeper().sleep(duration);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CoordinatorException(ErrorCode.INTERRUPTED, "interrupted under the hold", "", e);
        }
    }

    private static LeaseToken token(Cut cut) {
        return new LeaseToken(UUID.fromString(cut.leaseToken()));
    }

    private static SnapshotTag tag(BackupState state, StepContext<BackupState> context) {
        return BackupStores.tag(context.operationId(), state.attempt());
    }

    private BackupReport report(Operations.Run<BackupState> run, Duration duration) {
        BackupState state = run.state();
        Cut cut = state.cut();
        return new BackupReport(
                archive.namespace(),
                run.operationId(),
                run.isResumed(),
                cut.immutableTimestamp(),
                cut.backupTimestamp(),
                cut.fastForwardTimestamp(),
                Duration.ofMillis(cut.holdMillis()),
                cut.isSettled(),
                !cut.missingNodes().isEmpty(),
                sum(state, NodeCopy::files),
                sum(state, NodeCopy::rawBytes),
                sum(state, NodeCopy::readBytes),
                sum(state, NodeCopy::newRawBytes),
                sum(state, NodeCopy::storedBytes),
                duration);
    }

    private static long sum(BackupState state, ToLongFunction<NodeCopy> count) {
        return state.copies().values().stream().mapToLong(count).sum();
    }
}

package dev.tidemark.coordinator.transfer;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.filelist.FileListRef;
import dev.tidemark.coordinator.archive.inventory.Inventory;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.node.NodeCopy;
import dev.tidemark.coordinator.objectlock.BackupLocks;
import dev.tidemark.coordinator.operation.ArchiveOperation;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.operation.OperationIdentity;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.operation.Operations;
import dev.tidemark.coordinator.operation.ParallelWork;
import dev.tidemark.coordinator.operation.StepContext;
import dev.tidemark.coordinator.runbook.RunbookPublisher;
import dev.tidemark.kvs.ErrorCode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Takes a backup over into a namespace of an archive. Needs no oracle and no store: it works when all of them are lost.
 *
 * <p>Until the manifest is there nobody sees anything of it but chunks and lists that no backup names. An id is given up with a
 * tombstone only when a manifest may be on its way, so that a transfer that failed earlier can be begun again under the same id.
 */
public final class TransferOperation extends ArchiveOperation<TransferState> {
    /** The type in the journal of an import. */
    public static final String IMPORT = "import";

    /** The type in the journal of a copy from another archive. */
    public static final String COPY = "copy";

    private static final String CHECK = "check";
    private static final String WRITE = "write";
    private static final String INVENTORY = "inventory";
    private static final String COMMIT = "commit";
    private static final String RUNBOOK = "runbook";
    private static final int LOCKS_AT_A_TIME = 4;

    private final NamespaceArchive target;
    private final Opener opener;
    private final EngineSeams seams;
    private final RunbookPublisher runbooks;
    private BackupSource source;

    /**
     * Creates the operation; {@link #run} or {@link #resume} does it.
     *
     * @param type {@link #IMPORT} or {@link #COPY}
     * @param opener opens the source of an operation that an earlier process has begun
     * @param runbooks writes a runbook for this archive: the one at the source is about another one
     */
    public TransferOperation(
            String type, NamespaceArchive target, Opener opener, EngineSeams seams, RunbookPublisher runbooks) {
        super(type, TransferState.class, seams);
        this.target = target;
        this.opener = opener;
        this.seams = seams;
        this.runbooks = runbooks;
    }

    /**
     * Takes the backup over, or goes on with the unfinished transfer of the same backup. Does nothing when it is there.
     *
     * @param given closed by {@link #close}
     * @param wantedId the id that the backup is to get, or empty for its own
     * @throws CoordinatorException {@link ErrorCode#OPERATION_IN_PROGRESS} when another operation has not ended,
     *     {@link ErrorCode#OBJECT_EXISTS} when another backup has the id, {@link ErrorCode#TIMESTAMP_OUT_OF_RANGE} when it is not
     *     of the namespace's sequence of timestamps, and whatever the source says of itself
     */
    public TransferReport run(BackupSource given, String wantedId, Operations operations, OperationListener listener) {
        source = given;
        long from = seams.monotonicClock().nanoTime();
        Optional<String> there = new KnownBackups(target).find(source);
        if (there.isPresent() && !isUnfinished(operations)) {
            return report(target.manifests().read(there.get()), true, false, from);
        }
        Operations.Run<TransferState> run = runOrGoOn(
                operations,
                identity -> begin(wantedId.isEmpty() ? source.manifest().backupId() : wantedId),
                listener);
        return report(target.manifests().read(run.state().backupId()), false, run.isResumed(), from);
    }

    private TransferState begin(String wantedId) {
        KnownBackups known = new KnownBackups(target);
        known.find(source).ifPresent(id -> {
            throw new CoordinatorException(
                    ErrorCode.OBJECT_EXISTS,
                    "the backup was taken over meanwhile, as '" + id + "'",
                    "See 'tidemark backups'.");
        });
        known.requireSameSequence(source.manifest());
        return new TransferState(
                source.reference(),
                source.manifest().backupId(),
                source.manifestSha256(),
                known.freeId(wantedId),
                known.newestId(),
                seams.clock().instant(),
                Map.of(),
                false);
    }

    /** Its manifest may be there, and its end not be recorded. */
    private boolean isUnfinished(Operations operations) {
        return operations
                .findUnfinished()
                .map(unfinished -> new OperationIdentity(unfinished.operationId(), unfinished.type()))
                .filter(unfinished -> unfinished.type().equals(type()) && isSame(unfinished, operations))
                .isPresent();
    }

    @Override
    protected boolean isSame(OperationIdentity unfinished, Operations operations) {
        return operations
                .journal()
                .lastState(unfinished.operationId(), TransferState.class)
                .manifestSha256()
                .equals(source.manifestSha256());
    }

    @Override
    public String subject(TransferState state) {
        return "backup " + state.backupId() + " from " + state.source().location();
    }

    @Override
    public List<Step<TransferState>> steps() {
        return List.of(
                new Step<>(CHECK, this::check),
                new Step<>(WRITE, this::write),
                new Step<>(INVENTORY, this::writeInventory),
                new Step<>(COMMIT, this::commit),
                new Step<>(RUNBOOK, this::writeRunbook));
    }

    @Override
    public boolean isSkipped(String step) {
        return step.equals(RUNBOOK) && runbooks.isSilent();
    }

    private Transition<TransferState> writeRunbook(TransferState state, StepContext<TransferState> context) {
        context.ensureHeld();
        runbooks.publish(target.manifests().read(state.backupId()), context::note);
        return Transition.next(state);
    }

    /** What may pass by itself, an archive that does not answer say, leaves the operation to be resumed. */
    @Override
    public boolean isFailureFinal(String step, ErrorCode code) {
        return !code.isRetryable() && code != ErrorCode.NOT_ALLOWED_NOW;
    }

    /** From the commit on the manifest may be there. */
    @Override
    public void cleanUp(TransferState state, StepContext<TransferState> context) {
        if (!state.isCommitting()) {
            return;
        }
        try {
            target.manifests().abandon(state.backupId());
        } catch (CoordinatorException e) {
            if (e.code() != ErrorCode.OBJECT_EXISTS) {
                throw e;
            }
            throw new CoordinatorException(
                    ErrorCode.NOT_ALLOWED_NOW,
                    "backup '" + state.backupId() + "' is committed already",
                    "Run 'tidemark resume' to complete the operation.",
                    e);
        }
    }

    @Override
    public void close() {
        if (source != null) {
            source.close();
            source = null;
        }
    }

    private Transition<TransferState> check(TransferState state, StepContext<TransferState> context) {
        source(state);
        return Transition.next(state);
    }

    private Transition<TransferState> write(TransferState state, StepContext<TransferState> context) {
        BackupSource opened = source(state);
        long totalBytes = opened.manifest().sizes().rawBytes();
        FileTransfer transfer = new FileTransfer(
                target,
                opened,
                KnownBackups.open(target, state.previousBackupId()),
                copy -> context.saveChange(current -> current.withCopy(copy)),
                (bytes, files) -> context.progress(bytes, totalBytes, files),
                context::note);
        return Transition.next(transfer.run(state));
    }

    /** What was written is listed and read back before anything says that it is a backup. */
    private Transition<TransferState> writeInventory(TransferState state, StepContext<TransferState> context) {
        List<FileListRef> lists =
                state.copies().values().stream().map(NodeCopy::fileList).toList();
        Inventory inventory = target.inventoryWriter()
                .write(
                        state.backupId(),
                        lists,
                        target.loadAndCompleteIndex(),
                        seams.clock().instant());
        locks(context).extend(inventory, lists, state.startedAt());
        return Transition.next(state);
    }

    private Transition<TransferState> commit(TransferState state, StepContext<TransferState> context) {
        TransferState committing = state.committing();
        if (!state.isCommitting()) {
            context.save(committing);
        }
        context.ensureHeld();
        new TransferCommitter(target).commit(committing, source(committing));
        locks(context).extendManifest(state.backupId(), state.startedAt());
        return Transition.next(committing);
    }

    private BackupLocks locks(StepContext<TransferState> context) {
        return new BackupLocks(target, new ParallelWork(seams.workers(), LOCKS_AT_A_TIME), context::note);
    }

    /** A resumed operation goes on with the very manifest that it began with. */
    private BackupSource source(TransferState state) {
        if (source == null) {
            source = opener.open(state.source(), state.sourceBackupId());
        }
        if (!source.manifestSha256().equals(state.manifestSha256())) {
            throw new CoordinatorException(
                    ErrorCode.NOT_ALLOWED_NOW,
                    "the source at '" + state.source().location() + "' is not the one that the operation began with",
                    "Put the source back, or run 'tidemark cancel'.");
        }
        return source;
    }

    private TransferReport report(Manifest manifest, boolean isThereAlready, boolean isResumed, long fromNanos) {
        return new TransferReport(
                target.namespace(),
                manifest.backupId(),
                isThereAlready,
                isResumed,
                source.manifest().archiveId(),
                source.manifest().backupId(),
                manifest.backupTimestamp(),
                manifest.sizes().files(),
                manifest.sizes().rawBytes(),
                isThereAlready ? 0 : manifest.sizes().readBytes(),
                isThereAlready ? 0 : manifest.sizes().newRawBytes(),
                isThereAlready ? 0 : manifest.sizes().storedBytes(),
                Duration.ofNanos(seams.monotonicClock().nanoTime() - fromNanos));
    }

    /** Opens the source of an operation that an earlier process has begun. */
    @FunctionalInterface
    public interface Opener {
        /**
         * Opens it.
         *
         * @throws CoordinatorException {@link ErrorCode#NOT_ALLOWED_NOW} when it can't be opened now
         */
        BackupSource open(SourceReference reference, String backupId);
    }
}

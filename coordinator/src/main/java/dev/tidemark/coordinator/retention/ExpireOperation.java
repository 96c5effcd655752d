package dev.tidemark.coordinator.retention;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.catalog.Annotations;
import dev.tidemark.coordinator.catalog.KeptTimes;
import dev.tidemark.coordinator.objectlock.LockedObjects;
import dev.tidemark.coordinator.operation.ArchiveOperation;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.operation.Operations;
import dev.tidemark.coordinator.operation.StepContext;
import dev.tidemark.coordinator.runbook.RunbookStore;
import dev.tidemark.kvs.ErrorCode;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Removes backups: their manifests, under the namespace's lock. What they needed stays until garbage collection finds that
 * nothing needs it. It needs neither the stores nor the oracle.
 */
public final class ExpireOperation extends ArchiveOperation<ExpireState> {
    /** The type in the journal. */
    public static final String TYPE = "expire";

    private static final String REMOVE = "remove";

    private final NamespaceArchive archive;
    private final EngineSeams seams;
    private final Holds holds;

    /** Creates the operation; {@link #run} or {@link #resume} does it. */
    public ExpireOperation(NamespaceArchive archive, EngineSeams seams) {
        super(TYPE, ExpireState.class, seams);
        this.archive = archive;
        this.seams = seams;
        holds = new Holds(archive);
    }

    /**
     * Removes backups, or goes on with the namespace's unfinished expiry, with its plan.
     *
     * @param plan makes the plan, once the lock is held
     */
    public ExpireReport run(Supplier<RetentionPlan> plan, Operations operations, OperationListener listener) {
        Operations.Run<ExpireState> run = runOrGoOn(
                operations, identity -> new ExpireState(plan.get().expired(), List.of(), List.of()), listener);
        return new ExpireReport(
                archive.namespace(),
                run.operationId(),
                run.state().removed(),
                run.state().kept());
    }

    @Override
    public String subject(ExpireState state) {
        List<String> ids = state.removed().isEmpty() ? state.chosen() : state.removed();
        return (state.removed().isEmpty() ? "chosen: " : "removed: ") + String.join(" ", ids);
    }

    @Override
    public List<Step<ExpireState>> steps() {
        return List.of(new Step<>(REMOVE, this::remove));
    }

    /** A mark whose backup is half removed goes with the backup. */
    @Override
    public void cleanUp(ExpireState state, StepContext<ExpireState> context) {
        for (String id : holds.removals()) {
            context.ensureHeld();
            if (archive.store().head(archive.layout().manifest(id)).isEmpty()) {
                archive.store().delete(archive.layout().manifestCopy(id));
            }
            holds.clearRemoval(id);
        }
    }

    private Transition<ExpireState> remove(ExpireState state, StepContext<ExpireState> context) {
        ExpireState current = state;
        for (String id : state.chosen()) {
            boolean isDone = current.removed().contains(id)
                    || current.kept().stream().anyMatch(kept -> kept.startsWith(id + ": "));
            if (!isDone) {
                current = remove(id, current, context);
                context.save(current);
                context.progress(0, 0, current.removed().size());
            }
        }
        return Transition.next(current);
    }

    private ExpireState remove(String id, ExpireState state, StepContext<ExpireState> context) {
        context.ensureHeld();
        holds.markRemoval(id);
        Optional<BackupHold> hold = holds.active(seams.clock().instant()).stream()
                .filter(candidate -> candidate.backupId().equals(id))
                .findFirst();
        if (hold.isPresent()) {
            holds.clearRemoval(id);
            context.note(
                    "backup '" + id + "' stays: it has the hold '" + hold.get().reason() + "' by now");
            return state.withKept(id, "hold '" + hold.get().reason() + "'");
        }
        keepTimes(id);
        context.ensureHeld();
        try {
            LockedObjects objects = new LockedObjects(archive.store(), seams.clock());
            objects.requireUnlocked(archive.layout().manifest(id));
            objects.requireUnlocked(archive.layout().manifestCopy(id));
            archive.store().delete(archive.layout().manifest(id));
            archive.store().delete(archive.layout().manifestCopy(id));
            new Annotations(archive).remove(id);
            new RunbookStore(archive.store(), archive.layout(), archive.signer().verifyingKey()).remove(id);
        } catch (CoordinatorException e) {
            if (e.code().isRetryable() || e.code() == ErrorCode.INTERRUPTED) {
                throw e;
            }
            holds.clearRemoval(id);
            context.note("backup '" + id + "' stays: " + e.getMessage());
            boolean isLocked = e.code() == ErrorCode.OBJECT_LOCKED;
            return state.withKept(id, isLocked ? e.getMessage() : "the store refuses to remove it");
        }
        holds.clearRemoval(id);
        return state.withRemoved(id);
    }

    /** The times of a backup lead to timestamps that later backups can still restore. */
    private void keepTimes(String id) {
        ObjectKey key = archive.layout().manifest(id);
        if (archive.store().head(key).isPresent()) {
            Manifest manifest = archive.manifests().read(id);
            new KeptTimes(archive).keep(id, manifest.timeIndex());
        }
    }
}

package dev.tidemark.coordinator.datakey;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.Tombstone;
import dev.tidemark.coordinator.archive.manifest.DamagedManifest;
import dev.tidemark.coordinator.archive.object.NamespaceLayout;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.operation.ArchiveOperation;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.operation.OperationIdentity;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.operation.Operations;
import dev.tidemark.coordinator.operation.StepContext;
import dev.tidemark.kvs.ErrorCode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Makes the backups of a namespace unreadable for ever: under the namespace's lock it signs and writes the mark that the data keys are
 * destroyed, deletes them, and then what they had encrypted. From the mark on there is no way back, and whoever runs it again goes on.
 *
 * <p>Of several steps each names what it deletes (keys by number, objects by a listing that was made under the lock, when nothing of a
 * later backup can have been there): a process that was paused and has lost the lock deletes nothing that is needed.
 */
public final class ShredOperation extends ArchiveOperation<ShredState> {
    /** Type of the operation. */
    public static final String TYPE = "shred";

    private static final String BURY = "bury";
    private static final String DESTROY_KEYS = "destroy-keys";
    private static final String REMOVE_OBJECTS = "remove-objects";
    private static final int MAX_WHO = 200;

    private final Archive archive;
    private final NamespaceArchive records;
    private final ShredGuard guard;
    private final EngineSeams seams;

    /**
     * Creates the operation; {@link #run} or {@link #resume} does it.
     *
     * @param records the namespace, opened for its records ({@link Archive#records})
     */
    public ShredOperation(Archive archive, NamespaceArchive records, ShredGuard guard, EngineSeams seams) {
        super(TYPE, ShredState.class, seams);
        this.archive = archive;
        this.records = records;
        this.guard = guard;
        this.seams = seams;
    }

    /**
     * Works out what would be lost, after all the checks that are made before anything is, and changes nothing.
     *
     * @throws CoordinatorException {@link ErrorCode#READ_ONLY_KEY} with a reader's key, {@link ErrorCode#KEY_DESTROYED} when the
     *     namespace was shredded before, {@link ErrorCode#OPERATION_IN_PROGRESS} when another operation has not ended, and what
     *     the guard throws
     */
    public ShredPlan plan(Operations operations) {
        archive.signer().require("shred a namespace");
        operations
                .findUnfinished()
                .map(unfinished -> new OperationIdentity(unfinished.operationId(), unfinished.type()))
                .ifPresent(unfinished -> requireOwn(unfinished, operations));
        return plan();
    }

    private ShredPlan plan() {
        String namespace = records.namespace();
        guard.check(namespace);
        int lastKeyId = archive.lastDataKey(namespace);
        if (archive.isShredded(namespace) && !archive.hasDataKeys(namespace)) {
            archive.namespace(namespace); // says that it was shredded, on which day and by whom
        }
        List<ShredPlan.Lost> lost = new ArrayList<>();
        List<DamagedManifest> damaged = archive.manifests(namespace)
                .forEach(manifest -> lost.add(new ShredPlan.Lost(
                        manifest.backupId(),
                        manifest.timeAtBackupTimestamp(),
                        manifest.sizes().rawBytes())));
        lost.sort(Comparator.comparing(ShredPlan.Lost::timeAtBackupTimestamp));
        return new ShredPlan(namespace, Math.max(1, lastKeyId), lost, damaged.size());
    }

    /** Shreds the namespace, or goes on with its unfinished shredding. */
    public ShredReport run(Operations operations, OperationListener listener) {
        archive.signer().require("shred a namespace");
        if (operations.findUnfinished().isEmpty()) {
            plan(); // a refusal changes nothing, not even the lock
        }
        Operations.Run<ShredState> run =
                runOrGoOn(operations, identity -> begin(identity, operations.lastEpoch()), listener);
        ShredState state = run.state();
        return new ShredReport(run.operationId(), run.isResumed(), state.tombstone(), state.removed(), state.left());
    }

    private ShredState begin(OperationIdentity identity, long epoch) {
        ShredPlan plan = plan();
        String who = seams.host();
        Optional<Tombstone> present =
                archive.tombstone(plan.namespace()).filter(found -> found.keyId() == plan.lastKeyId());
        if (present.isPresent()) { // keys that were destroyed have come back, from a copy say
            return new ShredState(present.get(), 0, 0);
        }
        Tombstone tombstone = new Tombstone(
                Tombstone.FORMAT_VERSION,
                archive.id(),
                plan.namespace(),
                plan.lastKeyId(),
                seams.clock().instant(),
                who.substring(0, Math.min(MAX_WHO, who.length())),
                identity.operationId(),
                epoch,
                plan.backups().size() + plan.damagedManifests());
        return new ShredState(tombstone, 0, 0);
    }

    @Override
    public String subject(ShredState state) {
        return "data keys up to " + state.tombstone().keyId() + ", backups "
                + state.tombstone().backups();
    }

    @Override
    public List<Step<ShredState>> steps() {
        return List.of(
                new Step<>(BURY, this::bury),
                new Step<>(DESTROY_KEYS, this::destroyKeys),
                new Step<>(REMOVE_OBJECTS, this::removeObjects));
    }

    /** The mark may be there although the store has not said so: only a resumed shredding finds out. */
    @Override
    public boolean isFailureFinal(String step, ErrorCode code) {
        return false;
    }

    @Override
    public boolean isCancellable(String step) {
        return step.equals(BURY);
    }

    @Override
    public void cleanUp(ShredState state, StepContext<ShredState> context) {
        Optional<Tombstone> tombstone = archive.tombstone(records.namespace());
        if (tombstone.equals(Optional.of(state.tombstone()))) {
            throw new CoordinatorException(
                    ErrorCode.NOT_ALLOWED_NOW,
                    "namespace '" + records.namespace() + "' is shredded already",
                    "Run 'tidemark resume' to complete it.");
        }
    }

    private Transition<ShredState> bury(ShredState state, StepContext<ShredState> context) {
        archive.bury(state.tombstone());
        return Transition.next(state);
    }

    private Transition<ShredState> destroyKeys(ShredState state, StepContext<ShredState> context) {
        archive.destroyDataKeys(state.tombstone());
        return Transition.next(state);
    }

    /** Manifests first: a backup must not be in a list when it is half gone. Marks of abandoned backups stay. */
    private Transition<ShredState> removeObjects(ShredState state, StepContext<ShredState> context) {
        NamespaceLayout layout = records.layout();
        Removal removal = new Removal(context);
        archive.manifests(layout.namespace()).backupIds().forEach(id -> removal.remove(layout.manifest(id)));
        for (String prefix : List.of(
                layout.manifestCopies(),
                layout.inventories(),
                layout.packLists(),
                layout.certificates(),
                layout.runbooks(),
                layout.verified(),
                layout.indexes(),
                layout.fileLists(),
                layout.packs(),
                layout.prefix() + "annotations/",
                layout.prefix() + "garbage/",
                layout.prefix() + "damage/",
                layout.prefix() + "removals/",
                layout.prefix() + "ticks/",
                layout.prefix() + "pauses/")) {
            removal.removeAll(prefix);
        }
        if (removal.left > 0) {
            context.note("the store refuses to delete " + removal.left + " objects; nobody can read them any more");
        }
        return Transition.next(new ShredState(state.tombstone(), state.removed() + removal.removed, removal.left));
    }

    /** Deletes under the lock, and counts. */
    private final class Removal {
        private final StepContext<ShredState> context;
        private long removed;
        private long left;

        private Removal(StepContext<ShredState> context) {
            this.context = context;
        }

        /** Page by page: a million objects are not remembered. */
        private void removeAll(String prefix) {
            records.store().forEach(prefix, info -> remove(info.key()));
        }

        private void remove(ObjectKey key) {
            // Each time: what was listed after the lock was lost may belong to those who use the namespace anew.
            context.ensureHeld();
            try {
                records.store().delete(key);
                removed++;
            } catch (CoordinatorException e) {
                if (e.code() != ErrorCode.ARCHIVE_ACCESS_DENIED && e.code() != ErrorCode.OBJECT_LOCKED) {
                    throw e;
                }
                left++;
            }
        }
    }
}

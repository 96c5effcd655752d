package dev.tidemark.coordinator.repair;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.chunk.ChunkIndex;
import dev.tidemark.coordinator.archive.filelist.FileListRef;
import dev.tidemark.coordinator.archive.inventory.Inventory;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.PackTable;
import dev.tidemark.coordinator.catalog.KeptTimes;
import dev.tidemark.coordinator.operation.ArchiveOperation;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.operation.Operations;
import dev.tidemark.coordinator.operation.StepContext;
import dev.tidemark.kvs.ErrorCode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Repairs a namespace of the archive, under its lock. Nothing that can be read is changed; what is replaced was found to be damaged, or
 * is gone. It needs neither the stores nor the oracle.
 */
public final class RepairOperation extends ArchiveOperation<RepairState> {
    /** The type in the journal. */
    public static final String TYPE = "repair";

    private static final String MANIFESTS = "manifests";
    private static final String GARBAGE_LISTS = "garbage-lists";
    private static final String MARKS = "marks";
    private static final String INDEX = "index";
    private static final String SALVAGE = "salvage";
    private static final String INVENTORIES = "inventories";
    private static final String LOST_MARKS = "lost-marks";

    private final NamespaceArchive archive;
    private final EngineSeams seams;

    /** Creates the operation; {@link #run} or {@link #resume} does it. */
    public RepairOperation(NamespaceArchive archive, EngineSeams seams) {
        super(TYPE, RepairState.class, seams);
        this.archive = archive;
        this.seams = seams;
    }

    /** Repairs, or goes on with the namespace's unfinished repair. */
    public RepairReport run(Operations operations, OperationListener listener) {
        Operations.Run<RepairState> run = runOrGoOn(operations, identity -> RepairState.BEGIN, listener);
        return new RepairReport(
                archive.namespace(),
                run.operationId(),
                run.state().repaired(),
                run.state().left());
    }

    @Override
    public String subject(RepairState state) {
        return "repaired " + state.repaired().size() + ", left " + state.left().size();
    }

    @Override
    public List<Step<RepairState>> steps() {
        return List.of(
                new Step<>(MANIFESTS, this::repairManifests),
                new Step<>(GARBAGE_LISTS, this::repairGarbageLists),
                new Step<>(MARKS, (state, context) -> new MarkRepair(archive, context).clearGood(state)),
                new Step<>(INDEX, this::repairIndex),
                new Step<>(SALVAGE, (state, context) -> Salvage.run(archive, state, context)),
                new Step<>(INVENTORIES, this::repairInventories),
                new Step<>(LOST_MARKS, (state, context) -> new MarkRepair(archive, context).clearLost(state)));
    }

    /** A copy counts only if it is what was signed for the manifest's place; one whose backup was removed does not come back. */
    private Transition<RepairState> repairManifests(RepairState state, StepContext<RepairState> context) {
        Set<String> ids = new HashSet<>(archive.manifests().backupIds());
        KeptTimes removed = new KeptTimes(archive);
        List<String> copies = new ArrayList<>();
        archive.store()
                .forEach(
                        archive.layout().manifestCopies(),
                        info -> copies.add(info.key().name()));
        copies.stream().filter(id -> ids.contains(id) || !removed.isRemoved(id)).forEach(ids::add);
        RepairState current = state;
        for (String id : ids) {
            Optional<String> problem = problem(id);
            if (problem.isPresent()) {
                current = repairManifest(id, problem.get(), current, context);
            } else if (archive.store().head(archive.layout().manifest(id)).isPresent()
                    && !archive.manifests().isCopyGood(id)) {
                context.ensureHeld();
                archive.store().delete(archive.layout().manifestCopy(id));
                archive.manifests().copy(id);
                current = current.withRepaired("the manifest of backup '" + id + "' has a copy again");
            }
        }
        return Transition.next(current);
    }

    private Optional<String> problem(String backupId) {
        try {
            archive.manifests().read(backupId);
            return Optional.empty();
        } catch (CoordinatorException e) {
            if (e.code() == ErrorCode.UNKNOWN_BACKUP) {
                boolean isAbandoned = archive.store()
                        .head(archive.layout().manifest(backupId))
                        .isPresent();
                return isAbandoned ? Optional.empty() : Optional.of("it is missing");
            }
            if (e.code() == ErrorCode.MANIFEST_INVALID) {
                return Optional.of(e.getMessage());
            }
            throw e;
        }
    }

    private RepairState repairManifest(String id, String problem, RepairState state, StepContext<RepairState> context) {
        if (!archive.manifests().isCopyGood(id)) {
            return state.withLeft("the manifest of backup '" + id + "' has no copy that can be believed: " + problem);
        }
        context.ensureHeld();
        archive.manifests().bringBack(id);
        return state.withRepaired("the manifest of backup '" + id + "' came back from its copy");
    }

    /** What a list says that nobody can read nobody can act on either; garbage collection finds its objects again. */
    private Transition<RepairState> repairGarbageLists(RepairState state, StepContext<RepairState> context) {
        RepairState current = state;
        for (int number : archive.garbageLists().numbers()) {
            try {
                archive.garbageLists().read(number);
            } catch (CoordinatorException e) {
                if (e.code() != ErrorCode.OBJECT_DAMAGED) {
                    throw e;
                }
                context.ensureHeld();
                archive.garbageLists().delete(number);
                current = current.withRepaired("garbage list " + number + " was damaged and is given up");
            }
        }
        return Transition.next(current);
    }

    /** Packs that no good index object names are named by a new one; then the damaged ones can go. */
    private Transition<RepairState> repairIndex(RepairState state, StepContext<RepairState> context) {
        context.ensureHeld();
        ChunkIndex index = archive.loadAndCompleteIndex();
        RepairState current = state;
        if (!index.adoptedPacks().isEmpty()) {
            current = current.withRepaired(index.adoptedPacks().size() + " packs are in the index again");
        }
        for (ChunkIndex.Problem problem : index.problems()) {
            if (problem.object().startsWith(archive.layout().indexes())) {
                context.ensureHeld();
                archive.store().delete(new ObjectKey(problem.object()));
                current = current.withRepaired("index object '" + problem.object() + "' was damaged and is replaced");
            } else {
                current = current.withLeft(problem.message());
            }
        }
        if (!index.missingPacks().isEmpty()) {
            PackTable missing = new PackTable();
            index.missingPacks().forEach(pack -> missing.add(pack, 0));
            archive.chunks().removeFromIndex(missing, context::ensureHeld);
            current = current.withRepaired(
                    index.missingPacks().size() + " packs that are not there were taken out of the index");
        }
        return Transition.next(current);
    }

    private Transition<RepairState> repairInventories(RepairState state, StepContext<RepairState> context) {
        ChunkIndex index = archive.loadIndexForWriting();
        RepairState current = state;
        for (String id : archive.manifests().backupIds()) {
            if (!isInventoryGood(id, index)) {
                current = repairInventory(id, index, current, context);
            }
        }
        return Transition.next(current);
    }

    private boolean isInventoryGood(String backupId, ChunkIndex index) {
        try {
            Optional<Inventory> inventory = archive.inventories().find(backupId);
            boolean[] isGood = {inventory.isPresent()};
            inventory.ifPresent(known -> archive.inventories()
                    .forEachPack(known, pack -> isGood[0] &= index.hasUsablePack(pack.pack(), pack.sizeBytes())));
            return isGood[0];
        } catch (CoordinatorException e) {
            if (e.code() == ErrorCode.OBJECT_DAMAGED || e.code() == ErrorCode.OBJECT_MISSING) {
                return false;
            }
            throw e;
        }
    }

    private RepairState repairInventory(
            String id, ChunkIndex index, RepairState state, StepContext<RepairState> context) {
        try {
            Manifest manifest = archive.manifests().read(id);
            List<FileListRef> lists = manifest.stores().stream()
                    .flatMap(store -> store.nodes().stream())
                    .map(node -> node.fileList())
                    .toList();
            context.ensureHeld();
            archive.inventoryWriter().write(id, lists, index, seams.clock().instant());
            return state.withRepaired("backup '" + id + "' has a good inventory again");
        } catch (CoordinatorException e) {
            boolean isDamage = e.code() == ErrorCode.OBJECT_DAMAGED
                    || e.code() == ErrorCode.OBJECT_MISSING
                    || e.code() == ErrorCode.MANIFEST_INVALID;
            if (!isDamage) {
                throw e;
            }
            return state.withLeft("backup '" + id + "' is damaged: " + e.getMessage());
        }
    }
}

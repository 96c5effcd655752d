package dev.tidemark.coordinator.repair;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.chunk.PackVerifier;
import dev.tidemark.coordinator.archive.inventory.Inventory;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.coordinator.operation.Operation.Transition;
import dev.tidemark.coordinator.operation.StepContext;
import dev.tidemark.kvs.ErrorCode;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Takes away the damage marks that are not true, or not needed, any more. Under the namespace's lock: a writer that has seen a mark
 * must not meet one who has not. Marks on damaged packs that no backup needs go with their packs, when garbage is collected.
 */
final class MarkRepair {
    private final NamespaceArchive archive;
    private final StepContext<RepairState> context;

    MarkRepair(NamespaceArchive archive, StepContext<RepairState> context) {
        this.archive = archive;
        this.context = context;
    }

    /** Reads every marked pack; one of which every byte is right was put back, or was damaged on the way alone. */
    Transition<RepairState> clearGood(RepairState state) {
        RepairState current = state;
        PackVerifier verifier = archive.chunks().packVerifier();
        for (ObjectId pack : archive.damageMarks().packs()) {
            if (isGood(pack, verifier)) {
                context.ensureHeld();
                archive.damageMarks().clear(pack);
                current = current.withRepaired("pack '" + archive.layout().pack(pack)
                        + "' was marked as damaged and every byte of it is right: the mark is gone");
            }
        }
        return Transition.next(current);
    }

    private boolean isGood(ObjectId pack, PackVerifier verifier) {
        boolean[] isGood = {true};
        try {
            verifier.verify(pack, (id, offset, isRight) -> isGood[0] &= isRight);
            return isGood[0];
        } catch (CoordinatorException e) {
            if (e.code() == ErrorCode.OBJECT_DAMAGED || e.code() == ErrorCode.OBJECT_MISSING) {
                return false;
            }
            throw e;
        }
    }

    /** A pack that is gone and that no inventory names is missed by nobody. Where an inventory can't be read, it may be. */
    Transition<RepairState> clearLost(RepairState state) {
        Set<ObjectId> lost = new HashSet<>();
        for (ObjectId pack : archive.damageMarks().packs()) {
            if (archive.store().head(archive.layout().pack(pack)).isEmpty()) {
                lost.add(pack);
            }
        }
        if (lost.isEmpty() || !areAllInventoriesRead(lost)) {
            return Transition.next(state);
        }
        for (ObjectId pack : lost) {
            context.ensureHeld();
            archive.damageMarks().clear(pack);
        }
        return Transition.next(
                lost.isEmpty()
                        ? state
                        : state.withRepaired(
                                "the marks on " + lost.size() + " lost packs that nothing needs any more are gone"));
    }

    /** Takes the packs that are named from the lost ones. */
    private boolean areAllInventoriesRead(Set<ObjectId> lost) {
        try {
            for (String id : archive.manifests().backupIds()) {
                Optional<Inventory> inventory = archive.inventories().find(id);
                if (inventory.isEmpty()) {
                    return false;
                }
                archive.inventories().forEachPack(inventory.get(), pack -> lost.remove(pack.pack()));
            }
            return true;
        } catch (CoordinatorException e) {
            if (e.code() == ErrorCode.OBJECT_DAMAGED || e.code() == ErrorCode.OBJECT_MISSING) {
                return false;
            }
            throw e;
        }
    }
}

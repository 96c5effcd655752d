package dev.tidemark.coordinator.verify;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.chunk.ChunkIndex;
import dev.tidemark.coordinator.archive.inventory.Inventory;
import dev.tidemark.coordinator.archive.inventory.InventoryReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Checks inventories, which a restore doesn't need: without one nobody can tell by the public key what is there. Not
 * thread-safe.
 */
final class InventoryCheck {
    private final NamespaceArchive archive;
    private final ChunkIndex index;
    private final List<Damage> problems = new ArrayList<>();
    private final List<Damage> outdated = new ArrayList<>();

    InventoryCheck(NamespaceArchive archive, ChunkIndex index) {
        this.archive = archive;
        this.index = index;
    }

    /** Returns the inventories that are missing or can't be believed. */
    List<Damage> problems() {
        return problems;
    }

    /** Returns those that name packs which are not there: lost, or their chunks are in others. */
    List<Damage> outdated() {
        return outdated;
    }

    /** Checks that of a backup; one without a manifest needs none. */
    void check(String backupId) {
        InventoryReader inventories = archive.inventories();
        String object = inventories.key(backupId, 1).value();
        try {
            if (archive.store().head(archive.layout().manifest(backupId)).isEmpty()) {
                return;
            }
            Optional<Inventory> inventory = inventories.find(backupId);
            if (inventory.isEmpty()) {
                problems.add(new Damage(object, "backup '" + backupId + "' has no inventory"));
                return;
            }
            object = inventories.key(backupId, inventory.get().generation()).value();
            int[] lost = new int[1];
            inventories.forEachPack(
                    inventory.get(), pack -> lost[0] += index.hasPack(pack.pack(), pack.sizeBytes()) ? 0 : 1);
            if (lost[0] > 0) {
                outdated.add(new Damage(
                        object,
                        lost[0] + " of its " + inventory.get().packs() + " packs are not there, or have another size"));
            }
        } catch (CoordinatorException e) {
            ArchiveVerifier.requireDamage(e);
            problems.add(new Damage(object, e.getMessage()));
        }
    }
}

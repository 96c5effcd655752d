package dev.tidemark.coordinator.verify;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.chunk.ChunkIndex;
import dev.tidemark.coordinator.archive.inventory.Inventory;
import dev.tidemark.coordinator.archive.inventory.InventoryReader;
import dev.tidemark.coordinator.archive.object.ObjectId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Checks inventories, which a restore doesn't need: without one nobody can tell by the public key what is there. Not
 * thread-safe.
 */
final class InventoryCheck {
    private final NamespaceArchive archive;
    private final ChunkIndex index;
    private final KnownDamage known;
    private final NeededChunks needed;
    private final List<Damage> problems = new ArrayList<>();
    private final List<Damage> outdated = new ArrayList<>();
    private final List<String> replaced = new ArrayList<>();

    InventoryCheck(NamespaceArchive archive, ChunkIndex index, KnownDamage known, NeededChunks needed) {
        this.archive = archive;
        this.index = index;
        this.known = known;
        this.needed = needed;
    }

    /** Returns the inventories that are missing or can't be believed. */
    List<Damage> problems() {
        return problems;
    }

    /** Returns those that name packs which are not there, or are damaged and not used: their chunks are in others. */
    List<Damage> outdated() {
        return outdated;
    }

    /** Returns the backups whose inventories are {@link #outdated}. */
    List<String> replaced() {
        return replaced;
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
            compare(object, inventory.get());
        } catch (CoordinatorException e) {
            BackupLists.requireDamage(e);
            problems.add(new Damage(object, e.getMessage()));
        }
    }

    private void compare(String object, Inventory inventory) {
        Set<ObjectId> marked = new HashSet<>();
        int[] lost = new int[1];
        archive.inventories().forEachPack(inventory, pack -> {
            lost[0] += index.hasPack(pack.pack(), pack.sizeBytes()) ? 0 : 1;
            if (known.isMarked(pack.pack()) && index.hasPack(pack.pack(), pack.sizeBytes())) {
                marked.add(pack.pack());
            }
        });
        if (lost[0] > 0) {
            outdated.add(new Damage(
                    object, lost[0] + " of its " + inventory.packs() + " packs are not there, or have another size"));
        }
        needed.packs(inventory.backupId()).stream()
                .forEach(pack -> marked.remove(index.pack(pack).id()));
        if (!marked.isEmpty()) {
            outdated.add(new Damage(
                    object,
                    marked.size() + " of its " + inventory.packs()
                            + " packs are damaged, and its chunks are in others: run 'tidemark repair'"));
        }
        if (lost[0] > 0 || !marked.isEmpty()) {
            replaced.add(inventory.backupId());
        }
    }
}

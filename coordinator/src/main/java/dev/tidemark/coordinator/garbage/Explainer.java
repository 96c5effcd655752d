package dev.tidemark.coordinator.garbage;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.inventory.Inventory;
import dev.tidemark.coordinator.archive.inventory.InventoryReader;
import dev.tidemark.coordinator.archive.marks.DamageMark;
import dev.tidemark.coordinator.archive.marks.GarbageList;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.coordinator.archive.object.ObjectInfo;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.kvs.ErrorCode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Tells why an object is there, who needs it, and whether it is going to be removed. Changes nothing. */
public final class Explainer {
    private static final Set<String> COLLECTABLE =
            Set.of("packs", "lists", "packlists", "inventories", "manifestcopies", "certificates");

    private final NamespaceArchive archive;

    /** Creates an explainer. */
    public Explainer(NamespaceArchive archive) {
        this.archive = archive;
    }

    /**
     * Explains an object.
     *
     * @param name its key, what follows {@code ns/NS/} in it, or the id of a pack
     * @throws CoordinatorException {@link ErrorCode#INVALID_INPUT} when it can't be the name of an object of the namespace
     */
    public Explanation explain(String name) {
        ObjectKey key = key(name);
        String path = archive.layout().relative(key);
        GarbageList[] condemned = new GarbageList[1];
        archive.garbageLists().forEach(list -> {
            if (condemned[0] == null && list.objects().contains(path)) {
                condemned[0] = list;
            }
        });
        boolean isPack = key.value().startsWith(archive.layout().packs()) && ObjectId.isValid(key.name());
        return new Explanation(
                key.value(),
                archive.store().head(key).map(ObjectInfo::sizeBytes).orElse(-1L),
                neededBy(key),
                COLLECTABLE.contains(path.split("/", -1)[0]),
                condemned[0] == null ? "" : condemned[0].operationId(),
                condemned[0] == null ? Instant.EPOCH : condemned[0].at(),
                isPack
                        ? archive.damageMarks()
                                .find(ObjectId.parse(key.name()))
                                .map(DamageMark::problem)
                                .orElse("")
                        : "");
    }

    private ObjectKey key(String name) {
        if (ObjectId.isValid(name)) {
            return archive.layout().pack(ObjectId.parse(name));
        }
        String full = name.startsWith(archive.layout().prefix())
                ? name
                : archive.layout().prefix() + name;
        if (name.isEmpty() || !ObjectKey.isValid(full)) {
            throw new CoordinatorException(
                    ErrorCode.INVALID_INPUT,
                    "'" + name + "' can't be an object of namespace '" + archive.namespace() + "'",
                    "Give a name as '" + archive.layout().prefix() + "packs/3f/3f..', or the id of a pack.");
        }
        return new ObjectKey(full);
    }

    private List<String> neededBy(ObjectKey key) {
        List<String> ids = new ArrayList<>();
        for (String id : archive.manifests().backupIds()) {
            if (isNeededBy(id, key)) {
                ids.add(id);
            }
        }
        return ids;
    }

    private boolean isNeededBy(String backupId, ObjectKey key) {
        InventoryReader inventories = archive.inventories();
        if (key.equals(archive.layout().manifest(backupId))
                || key.equals(archive.layout().manifestCopy(backupId))
                || key.value().startsWith(archive.layout().runbooks() + backupId + "/")) {
            return true;
        }
        List<ObjectKey> certificates = archive.certificates().keys(backupId);
        if (!certificates.isEmpty() && certificates.get(certificates.size() - 1).equals(key)) {
            return true;
        }
        if (isInFileLists(backupId, key)) {
            return true;
        }
        return inventories
                .find(backupId)
                .filter(inventory -> isIn(inventory, backupId, key))
                .isPresent();
    }

    private boolean isInFileLists(String backupId, ObjectKey key) {
        if (!key.value().startsWith(archive.layout().fileLists())) {
            return false;
        }
        return LiveObjects.lists(archive.manifests().read(backupId)).stream()
                .flatMap(list -> list.parts().stream())
                .anyMatch(part -> archive.layout().fileList(part.object()).equals(key));
    }

    private boolean isIn(Inventory inventory, String backupId, ObjectKey key) {
        InventoryReader inventories = archive.inventories();
        if (key.equals(inventories.key(backupId, inventory.generation()))
                || inventory.parts().stream()
                        .anyMatch(part -> inventories.partKey(part.object()).equals(key))) {
            return true;
        }
        boolean[] isFound = new boolean[1];
        inventories.forEachPack(
                inventory,
                pack -> isFound[0] |= archive.layout().pack(pack.pack()).equals(key));
        return isFound[0];
    }
}

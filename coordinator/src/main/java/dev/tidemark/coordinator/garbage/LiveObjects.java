package dev.tidemark.coordinator.garbage;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.chunk.ChunkId;
import dev.tidemark.coordinator.archive.chunk.ChunkIndex;
import dev.tidemark.coordinator.archive.filelist.FileEntry;
import dev.tidemark.coordinator.archive.filelist.FileListRef;
import dev.tidemark.coordinator.archive.inventory.Inventory;
import dev.tidemark.coordinator.archive.inventory.InventoryReader;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.coordinator.archive.object.ObjectInfo;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.PackTable;
import dev.tidemark.coordinator.catalog.KeptTimes;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.ErrorCode;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * What the backups of a namespace need, found out under its lock: so no other backup can come into being meanwhile. What can't be
 * told for certain counts as needed, or stops the whole.
 *
 * <p>Memory: see {@link PackTable}; 16 bytes and an entry of a hash table for each part of a file list.
 */
final class LiveObjects {
    private final NamespaceArchive archive;
    private final int prefixLength;
    private final InventoryReader inventories;
    private final PackTable packs = new PackTable();
    private final PackTable damaged = new PackTable();
    private final Set<ObjectId> lists = new HashSet<>();
    private final Set<ObjectId> packLists = new HashSet<>();
    private final Set<ObjectKey> heads = new HashSet<>();
    private final Set<ObjectKey> lastCertificates = new HashSet<>();
    private final Set<String> backupIds = new HashSet<>();
    private final Map<String, Boolean> removals = new HashMap<>();
    private boolean areListsKnown = true;
    private boolean isAnyLost;

    private LiveObjects(NamespaceArchive archive) {
        this.archive = archive;
        prefixLength = archive.layout().prefix().length();
        inventories = archive.inventories();
    }

    /**
     * Reads every manifest and inventory.
     *
     * @throws CoordinatorException {@link ErrorCode#NOT_ALLOWED_NOW} when it can't be known what a backup needs
     */
    static LiveObjects find(NamespaceArchive archive) {
        return find(archive, (live, info) -> {});
    }

    /**
     * Reads every manifest and inventory, and lists the packs.
     *
     * @param listed is told of each pack when it is known what the inventories say; that is final unless {@link #isAnyLost}
     * @throws CoordinatorException as the other method
     */
    static LiveObjects find(NamespaceArchive archive, BiConsumer<LiveObjects, ObjectInfo> listed) {
        LiveObjects live = new LiveObjects(archive);
        archive.damageMarks().addPacksTo(live.damaged);
        List<String> ids = archive.manifests().backupIds();
        ids.forEach(live::add);
        live.isAnyLost = live.findLost(listed);
        if (live.isAnyLost) {
            // Chunks may have moved, and the inventory that said so was lost: the lists know better.
            ids.forEach(live::addFromLists);
        }
        return live;
    }

    /**
     * Makes the inventories durable that this relies on and whose writers may never have been told that they are: if one vanished after
     * what an earlier one named was removed, the packs that it names would be taken for garbage.
     */
    void confirm() {
        heads.forEach(archive::confirm);
    }

    /** Tells whether packs that inventories name are not there, so that more than these may be needed. */
    boolean isAnyLost() {
        return isAnyLost;
    }

    private boolean findLost(BiConsumer<LiveObjects, ObjectInfo> listed) {
        BitSet seen = new BitSet();
        archive.store().forEach(archive.layout().packs(), info -> {
            int number = ObjectId.isValid(info.key().name())
                    ? packs.numberOf(ObjectId.parse(info.key().name()))
                    : -1;
            if (number >= 0 && packs.sizeBytes(number) == info.sizeBytes()) {
                seen.set(number);
            }
            listed.accept(this, info);
        });
        return seen.cardinality() < packs.count();
    }

    /** Tells whether an object of one of the kinds that garbage collection removes is needed; true for every other object. */
    boolean isNeeded(ObjectKey key) {
        String path = key.value();
        String kind = path.substring(prefixLength, Math.max(prefixLength, path.indexOf('/', prefixLength) + 1));
        return switch (kind) {
            case "packs/" -> !ObjectId.isValid(key.name()) || packs.numberOf(ObjectId.parse(key.name())) >= 0;
            case "lists/" ->
                !areListsKnown || !ObjectId.isValid(key.name()) || lists.contains(ObjectId.parse(key.name()));
            case "packlists/" -> !ObjectId.isValid(key.name()) || packLists.contains(ObjectId.parse(key.name()));
            case "inventories/" -> heads.contains(key);
            case "certificates/" ->
                isCertificateNeeded(key, path.substring(prefixLength).split("/", -1)[1]);
            // A copy whose manifest is gone may be what a repair needs, unless the backup was removed on purpose.
            case "manifestcopies/" -> backupIds.contains(key.name()) || !isRemoved(key.name());
            case "runbooks/" -> {
                String id = path.substring(prefixLength).split("/", -1)[1];
                yield backupIds.contains(id) || !isRemoved(id);
            }
            default -> true;
        };
    }

    /** The last one counts; a newer one that a verification writes meanwhile is seen by the sweep. */
    private boolean isCertificateNeeded(ObjectKey key, String backupId) {
        return backupIds.contains(backupId) ? lastCertificates.contains(key) : !isRemoved(backupId);
    }

    private boolean isRemoved(String backupId) {
        return removals.computeIfAbsent(backupId, new KeptTimes(archive)::isRemoved);
    }

    /** Lists the objects of all kinds that garbage collection removes. */
    void forEachCollectable(Consumer<ObjectInfo> action) {
        forEachPack(action);
        forEachOther(action);
    }

    /** Lists the packs. */
    void forEachPack(Consumer<ObjectInfo> action) {
        archive.store().forEach(archive.layout().packs(), action);
    }

    /** Lists the objects of all kinds that garbage collection removes, but for packs. */
    void forEachOther(Consumer<ObjectInfo> action) {
        archive.store().forEach(archive.layout().fileLists(), action);
        archive.store().forEach(archive.layout().packLists(), action);
        archive.store().forEach(archive.layout().inventories(), action);
        archive.store().forEach(archive.layout().manifestCopies(), action);
        archive.store().forEach(archive.layout().certificates(), action);
        archive.store().forEach(archive.layout().runbooks(), action);
    }

    /** Returns the ids of all backups. */
    Set<String> backupIds() {
        return Set.copyOf(backupIds);
    }

    private void add(String backupId) {
        backupIds.add(backupId);
        List<ObjectKey> certificates = archive.certificates().keys(backupId);
        certificates.stream().skip(Math.max(0, certificates.size() - 1)).forEach(lastCertificates::add);
        Optional<Manifest> manifest = readManifest(backupId);
        manifest.ifPresentOrElse(
                known -> lists(known).forEach(list -> list.parts().forEach(part -> lists.add(part.object()))),
                () -> areListsKnown = false);
        if (!addInventory(backupId)) {
            addFromLists(backupId, manifest.orElseThrow(() -> unknown(backupId, null)));
        }
    }

    private void addFromLists(String backupId) {
        addFromLists(backupId, readManifest(backupId).orElseThrow(() -> unknown(backupId, null)));
    }

    private Optional<Manifest> readManifest(String backupId) {
        try {
            return Optional.of(archive.manifests().read(backupId));
        } catch (CoordinatorException e) {
            if (e.code() == ErrorCode.MANIFEST_INVALID) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private boolean addInventory(String backupId) {
        try {
            Optional<Inventory> inventory = inventories.find(backupId);
            if (inventory.isEmpty()) {
                return false;
            }
            heads.add(inventories.key(backupId, inventory.get().generation()));
            inventory.get().parts().forEach(part -> packLists.add(part.object()));
            boolean[] isDamaged = new boolean[1];
            inventories.forEachPack(inventory.get(), pack -> {
                packs.add(pack.pack(), pack.sizeBytes());
                isDamaged[0] |= damaged.numberOf(pack.pack()) >= 0;
            });
            return !isDamaged[0]; // other packs may have what a damaged one has lost
        } catch (CoordinatorException e) {
            if (e.code() == ErrorCode.OBJECT_DAMAGED || e.code() == ErrorCode.OBJECT_MISSING) {
                return false;
            }
            throw e;
        }
    }

    /** Without an inventory that can be believed, every pack counts that the backup's chunks may be read from. */
    private void addFromLists(String backupId, Manifest manifest) {
        ChunkIndex index = archive.loadIndex();
        try {
            for (FileListRef list : lists(manifest)) {
                try (CloseableIterator<FileEntry> entries = archive.readFileList(list)) {
                    while (entries.hasNext()) {
                        for (ChunkId chunk : entries.next().chunks()) {
                            index.find(chunk).ifPresent(place -> packs.add(place.pack(), place.packSizeBytes()));
                        }
                    }
                }
            }
        } catch (CoordinatorException e) {
            if (e.code() == ErrorCode.OBJECT_DAMAGED || e.code() == ErrorCode.OBJECT_MISSING) {
                throw unknown(backupId, e);
            }
            throw e;
        }
    }

    static List<FileListRef> lists(Manifest manifest) {
        return manifest.stores().stream()
                .flatMap(store -> store.nodes().stream())
                .map(node -> node.fileList())
                .toList();
    }

    private CoordinatorException unknown(String backupId, Throwable cause) {
        return new CoordinatorException(
                ErrorCode.NOT_ALLOWED_NOW,
                "it can't be known which objects backup '" + backupId + "' of namespace '" + archive.namespace()
                        + "' needs: neither its inventory nor its manifest and lists can be read",
                "Run 'tidemark repair " + archive.namespace() + "'; what can't be repaired can be removed by hand.",
                cause);
    }
}

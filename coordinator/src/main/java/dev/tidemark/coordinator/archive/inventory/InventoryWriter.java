package dev.tidemark.coordinator.archive.inventory;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.chunk.ChunkId;
import dev.tidemark.coordinator.archive.chunk.ChunkIndex;
import dev.tidemark.coordinator.archive.filelist.FileEntry;
import dev.tidemark.coordinator.archive.filelist.FileListRef;
import dev.tidemark.coordinator.archive.format.StrictJson;
import dev.tidemark.coordinator.archive.inventory.Inventory.NeededPack;
import dev.tidemark.coordinator.archive.key.SigningKey;
import dev.tidemark.coordinator.archive.object.NamespaceLayout;
import dev.tidemark.coordinator.archive.object.ObjectHash;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.coordinator.archive.signed.SignedDocument;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.ErrorCode;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Works out which packs a backup needs, from its file lists and an index that was just loaded, and signs that. So it also
 * proves that every list can be read back and that every chunk is in a pack that was listed. Thread-safe.
 */
public final class InventoryWriter {
    private final ObjectStore store;
    private final NamespaceLayout layout;
    private final String archiveId;
    private final SigningKey signingKey;
    private final InventoryReader reader;
    private final Function<FileListRef, CloseableIterator<FileEntry>> lists;
    private final Supplier<ObjectId> names;

    /**
     * Creates a writer.
     *
     * @param lists opens a file list
     * @param names gives random names
     */
    public InventoryWriter(
            ObjectStore store,
            NamespaceLayout layout,
            String archiveId,
            SigningKey signingKey,
            Function<FileListRef, CloseableIterator<FileEntry>> lists,
            Supplier<ObjectId> names) {
        this.store = store;
        this.layout = layout;
        this.archiveId = archiveId;
        this.signingKey = signingKey;
        this.lists = lists;
        this.names = names;
        reader = new InventoryReader(store, layout, archiveId, signingKey.verifyingKey());
    }

    /**
     * Writes the next generation of a backup's inventory; durable on return.
     *
     * @param fileLists of all nodes of the backup
     * @param index loaded for writing, after the lists were written
     * @param at time for people
     * @throws CoordinatorException {@link ErrorCode#OBJECT_MISSING} when a chunk is in no pack that may be referred to, and as a
     *     file list's reader
     */
    public Inventory write(String backupId, Iterable<FileListRef> fileLists, ChunkIndex index, Instant at) {
        BitSet needed = new BitSet();
        for (FileListRef list : fileLists) {
            markNeeded(list, index, needed);
        }
        List<ChunkIndex.PackFacts> packs = needed.stream()
                .mapToObj(index::pack)
                .sorted(Comparator.comparing(ChunkIndex.PackFacts::id))
                .toList();
        TreeSet<Integer> keyIds = new TreeSet<>();
        long bytes = 0;
        for (ChunkIndex.PackFacts pack : packs) {
            keyIds.add(pack.keyId());
            bytes += pack.sizeBytes();
        }
        Inventory inventory = new Inventory(
                Inventory.FORMAT_VERSION,
                archiveId,
                layout.namespace(),
                backupId,
                reader.lastGeneration(backupId) + 1,
                at,
                List.copyOf(keyIds),
                packs.size(),
                bytes,
                writeParts(packs));
        ObjectKey key = reader.key(backupId, inventory.generation());
        byte[] signed =
                new SignedDocument(SignedDocument.Kind.INVENTORY, StrictJson.encode(inventory)).sign(key, signingKey);
        store.createOrConfirm(key, ByteBuffer.wrap(signed));
        return inventory;
    }

    private void markNeeded(FileListRef list, ChunkIndex index, BitSet needed) {
        try (CloseableIterator<FileEntry> entries = lists.apply(list)) {
            while (entries.hasNext()) {
                FileEntry entry = entries.next();
                for (ChunkId chunk : entry.chunks()) {
                    int number = index.numberOf(chunk);
                    if (number < 0) {
                        throw missing(entry, chunk);
                    }
                    needed.set(index.packOf(number));
                }
            }
        }
    }

    private CoordinatorException missing(FileEntry entry, ChunkId chunk) {
        return new CoordinatorException(
                ErrorCode.OBJECT_MISSING,
                "chunk '" + chunk + "' of file '" + entry.path() + "' is in no pack of namespace '" + layout.namespace()
                        + "' that may be used",
                "Run 'tidemark verify', then take another backup: what is missing is stored again.");
    }

    private List<Inventory.Part> writeParts(List<ChunkIndex.PackFacts> packs) {
        List<Inventory.Part> parts = new ArrayList<>();
        for (int from = 0; from < packs.size(); from += Inventory.Part.MAX_PACKS) {
            List<NeededPack> part =
                    packs.subList(from, Math.min(packs.size(), from + Inventory.Part.MAX_PACKS)).stream()
                            .map(this::neededPack)
                            .toList();
            ObjectId name = names.get();
            ByteBuffer content = PackList.encode(part);
            store.createOrConfirm(reader.partKey(name), content);
            parts.add(new Inventory.Part(name, ObjectHash.ofContent(content), part.size()));
        }
        return parts;
    }

    /** A pack of which nobody wrote down the hash has to be read. */
    private NeededPack neededPack(ChunkIndex.PackFacts pack) {
        ObjectHash hash = pack.hash();
        if (hash.equals(ObjectHash.UNKNOWN)) {
            hash = ObjectHash.ofContent(ByteBuffer.wrap(store.read(layout.pack(pack.id()))));
        }
        return new NeededPack(pack.id(), pack.sizeBytes(), hash);
    }
}

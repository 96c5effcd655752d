package dev.tidemark.coordinator.archive.chunk;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.format.FormatErrors;
import dev.tidemark.coordinator.archive.object.NamespaceLayout;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.coordinator.archive.object.ObjectInfo;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.coordinator.archive.sealed.ObjectType;
import dev.tidemark.coordinator.archive.sealed.Sealer;
import dev.tidemark.kvs.ErrorCode;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Reads and writes index objects. Content: number of packs as 4 bytes; for each its id (16 bytes), size, key id and number of
 * chunks (4 bytes each), and a {@link PackedChunk} for each chunk. At most {@value #MAX_CHUNKS} chunks in one object. Not
 * thread-safe.
 */
final class IndexObjects {
    static final int MAX_CHUNKS = 65_536;

    /** An index object is written at the latest when that many packs wait for one, so that a crash wastes little. */
    static final int MAX_PACKS = 64;

    private static final int PACK_BYTES = ObjectId.BYTES + 3 * Integer.BYTES;

    private final ObjectStore store;
    private final NamespaceLayout layout;
    private final ChunkCodec codec;

    IndexObjects(ObjectStore store, NamespaceLayout layout, ChunkCodec codec) {
        this.store = store;
        this.layout = layout;
        this.codec = codec;
    }

    /** Writes one object; durable on return. Returns its length. */
    int write(List<Pack> packs) {
        int chunks = packs.stream().mapToInt(pack -> pack.chunks().size()).sum();
        ByteBuffer content =
                ByteBuffer.allocate(Integer.BYTES + packs.size() * PACK_BYTES + chunks * PackedChunk.BYTES);
        content.putInt(packs.size());
        for (Pack pack : packs) {
            content.put(pack.id().toArray()).putInt(pack.sizeBytes()).putInt(pack.keyId());
            content.putInt(pack.chunks().size());
            pack.chunks().forEach(chunk -> chunk.write(content));
        }
        Sealer sealer = codec.sealer();
        ObjectKey key = layout.index(ObjectId.of(sealer.randomBytes(ObjectId.BYTES)));
        byte[] sealed = sealer.seal(ObjectType.INDEX, key.value(), content.array());
        store.createOrConfirm(key, ByteBuffer.wrap(sealed));
        return sealed.length;
    }

    /** Lists the packs, reads all index objects, then the tables of the packs that none of them names. */
    ChunkIndex load(Adoption adoption) {
        Map<ObjectId, Long> sizes = packSizes();
        ChunkIndex index = new ChunkIndex();
        store.forEach(layout.indexes(), info -> loadObject(info.key(), sizes, index));
        adoptPacks(sizes, index, adoption);
        return index;
    }

    private void adoptPacks(Map<ObjectId, Long> sizes, ChunkIndex index, Adoption adoption) {
        Set<ObjectId> missing = index.missingPacks();
        List<Pack> adopted = new ArrayList<>();
        int chunks = 0;
        for (Map.Entry<ObjectId, Long> listed : sizes.entrySet()) {
            ObjectId id = listed.getKey();
            if (index.hasPack(id) || missing.contains(id) || listed.getValue() > ObjectStore.MAX_OBJECT_BYTES) {
                continue;
            }
            try {
                Pack pack = Pack.readTable(store, layout, id, listed.getValue().intValue(), codec);
                if (chunks + pack.chunks().size() > MAX_CHUNKS) {
                    adopt(adopted, index, adoption);
                    chunks = 0;
                }
                adopted.add(pack);
                chunks += pack.chunks().size();
            } catch (CoordinatorException e) {
                remember(index, layout.pack(id), e);
            }
        }
        adopt(adopted, index, adoption);
    }

    private void adopt(List<Pack> packs, ChunkIndex index, Adoption adoption) {
        if (!packs.isEmpty() && adoption == Adoption.DURABLE) {
            packs.forEach(pack -> store.confirm(layout.pack(pack.id())));
            write(packs);
        }
        packs.forEach(index::addAdopted);
        packs.clear();
    }

    private Map<ObjectId, Long> packSizes() {
        Map<ObjectId, Long> sizes = new TreeMap<>();
        store.forEach(layout.packs(), info -> addSize(info, sizes));
        return sizes;
    }

    /** An object whose key is not that of a pack is none, whatever it holds. */
    private void addSize(ObjectInfo info, Map<ObjectId, Long> sizes) {
        if (ObjectId.isValid(info.key().name())) {
            ObjectId id = ObjectId.parse(info.key().name());
            if (layout.pack(id).equals(info.key())) {
                sizes.put(id, info.sizeBytes());
            }
        }
    }

    private void loadObject(ObjectKey key, Map<ObjectId, Long> sizes, ChunkIndex index) {
        try {
            for (Pack pack : decode(key, store.read(key))) {
                if (Long.valueOf(pack.sizeBytes()).equals(sizes.get(pack.id()))) {
                    index.add(pack);
                } else {
                    index.addMissing(pack.id());
                }
            }
        } catch (CoordinatorException e) {
            remember(index, key, e);
        }
    }

    /** Damage costs what the object names and no more; everything else stops the run. */
    private static void remember(ChunkIndex index, ObjectKey key, CoordinatorException failure) {
        if (failure.code() != ErrorCode.OBJECT_DAMAGED && failure.code() != ErrorCode.OBJECT_MISSING) {
            throw failure;
        }
        index.addProblem(new ChunkIndex.Problem(key.value(), failure.getMessage()));
    }

    private List<Pack> decode(ObjectKey key, byte[] sealed) {
        ByteBuffer content = ByteBuffer.wrap(codec.sealer().open(ObjectType.INDEX, key.value(), sealed));
        try {
            int packCount = content.getInt();
            List<Pack> packs = new ArrayList<>();
            for (int i = 0; i < packCount; i++) {
                byte[] id = new byte[ObjectId.BYTES];
                content.get(id);
                packs.add(decodePack(ObjectId.of(id), content));
            }
            if (packCount < 0 || content.hasRemaining()) {
                throw FormatErrors.damaged(key.value(), "it has another length than it announces");
            }
            return packs;
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            throw FormatErrors.damaged(key.value(), "it can't be read", e);
        }
    }

    private Pack decodePack(ObjectId id, ByteBuffer content) {
        int size = content.getInt();
        int keyId = content.getInt();
        int count = content.getInt();
        if (count < 0 || count > content.remaining() / PackedChunk.BYTES) {
            throw new IllegalArgumentException("a pack of " + count + " chunks");
        }
        List<PackedChunk> chunks = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            chunks.add(PackedChunk.read(content, size, codec.chunkSize()));
        }
        return new Pack(id, size, keyId, chunks);
    }

    /** What happens to packs that no index object names: a crash came between pack and index, or index objects are lost. */
    enum Adoption {
        /** They count in this run and nothing is written. */
        IN_MEMORY,
        /** They get an index object. */
        DURABLE
    }
}

package dev.tidemark.coordinator.archive.chunk;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.format.FormatErrors;
import dev.tidemark.coordinator.archive.marks.DamageMarks;
import dev.tidemark.coordinator.archive.marks.GarbageLists;
import dev.tidemark.coordinator.archive.object.CheckedRead;
import dev.tidemark.coordinator.archive.object.NamespaceLayout;
import dev.tidemark.coordinator.archive.object.ObjectHash;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.coordinator.archive.object.ObjectInfo;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.coordinator.archive.object.PackTable;
import dev.tidemark.coordinator.archive.sealed.ObjectType;
import dev.tidemark.coordinator.archive.sealed.SealedDocuments;
import dev.tidemark.coordinator.archive.sealed.Sealer;
import dev.tidemark.kvs.ErrorCode;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Reads and writes index objects. Content: number of packs as 4 bytes; for each its id (16 bytes), size and key id (4 bytes
 * each), SHA-256 (32 bytes), number of chunks (4 bytes), and a {@link PackedChunk} for each chunk. At most {@value #MAX_CHUNKS} chunks in one object. Not
 * thread-safe.
 */
final class IndexObjects {
    static final int MAX_CHUNKS = 65_536;

    /** An index object is written at the latest when that many packs wait for one, so that a crash wastes little. */
    static final int MAX_PACKS = 64;

    private static final int MAX_ATTEMPTS = 3;
    private static final int PACK_BYTES = ObjectId.BYTES + ObjectHash.BYTES + 3 * Integer.BYTES;

    private final ObjectStore store;
    private final NamespaceLayout layout;
    private final ChunkCodec codec;
    private final GarbageLists garbage;
    private final DamageMarks damage;
    private PackTable alsoShunned = new PackTable();
    private boolean hasVanished;

    IndexObjects(ObjectStore store, NamespaceLayout layout, ChunkCodec codec) {
        this.store = store;
        this.layout = layout;
        this.codec = codec;
        SealedDocuments documents = new SealedDocuments(store, codec.sealer());
        garbage = new GarbageLists(store, layout, documents);
        damage = new DamageMarks(store, layout, documents);
    }

    /** Writes one object; durable on return. Returns its length. */
    int write(List<Pack> packs) {
        int chunks = packs.stream().mapToInt(pack -> pack.chunks().size()).sum();
        ByteBuffer content =
                ByteBuffer.allocate(Integer.BYTES + packs.size() * PACK_BYTES + chunks * PackedChunk.BYTES);
        content.putInt(packs.size());
        for (Pack pack : packs) {
            content.put(pack.id().toArray()).putInt(pack.sizeBytes()).putInt(pack.keyId());
            pack.hash().write(content);
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
    ChunkIndex load(Purpose purpose) {
        for (int attempt = 1; ; attempt++) {
            hasVanished = false;
            ChunkIndex index = loadOnce(purpose);
            // Garbage collection replaces index objects; what it has written instead was not in the listing.
            if (!hasVanished || attempt == MAX_ATTEMPTS) {
                return index;
            }
        }
    }

    /** Loads an index for writing that leaves out more packs than those which are condemned or damaged. */
    ChunkIndex loadWithout(PackTable others) {
        alsoShunned = others;
        return load(Purpose.WRITING);
    }

    /**
     * Replaces the index objects that name packs which are about to be removed, by objects that don't: first the new ones are written,
     * then the old ones are deleted. Index objects that can't be read are left alone.
     *
     * @param doomed packs that are about to be removed
     * @param beforeChange called before each change
     * @return number of index objects that were replaced
     */
    int rewriteWithout(PackTable doomed, Runnable beforeChange) {
        List<ObjectKey> replaced = new ArrayList<>();
        List<Pack> kept = new ArrayList<>();
        List<ObjectKey> keys = new ArrayList<>();
        store.forEach(layout.indexes(), info -> keys.add(info.key()));
        int count = 0;
        for (ObjectKey key : keys) {
            List<Pack> packs = readOrNone(key);
            List<Pack> rest = packs.stream()
                    .filter(pack -> doomed.numberOf(pack.id()) < 0)
                    .toList();
            if (rest.size() == packs.size()) {
                continue;
            }
            if (chunks(kept) + chunks(rest) > MAX_CHUNKS) {
                count += replace(replaced, kept, beforeChange);
            }
            replaced.add(key);
            kept.addAll(rest);
        }
        return count + replace(replaced, kept, beforeChange);
    }

    private static int chunks(List<Pack> packs) {
        return packs.stream().mapToInt(pack -> pack.chunks().size()).sum();
    }

    private List<Pack> readOrNone(ObjectKey key) {
        try {
            return decode(key, store.read(key));
        } catch (CoordinatorException e) {
            boolean isOfNoUse = e.code() == ErrorCode.OBJECT_DAMAGED
                    || e.code() == ErrorCode.OBJECT_MISSING
                    || e.code() == ErrorCode.KEY_DESTROYED;
            if (!isOfNoUse) {
                throw e;
            }
            return List.of();
        }
    }

    private int replace(List<ObjectKey> replaced, List<Pack> kept, Runnable beforeChange) {
        int count = replaced.size();
        if (!kept.isEmpty()) {
            beforeChange.run();
            write(kept);
        }
        for (ObjectKey key : replaced) {
            beforeChange.run();
            store.delete(key);
        }
        replaced.clear();
        kept.clear();
        return count;
    }

    private ChunkIndex loadOnce(Purpose purpose) {
        PackTable listed = new PackTable();
        String packs = layout.packs();
        store.forEach(packs, info -> addTo(listed, info, packs));
        Loading loading = new Loading(listed);
        damage.addPacksTo(loading.damaged);
        addCondemned(purpose, loading);
        loadStage(loading, purpose);
        if (purpose == Purpose.READING && loading.condemned.count() > 0) {
            loading.stage = Stage.AND_CONDEMNED;
            loadStage(loading, purpose);
        }
        if (purpose == Purpose.READING && loading.damaged.count() > 0) {
            loading.stage = Stage.ALL;
            loadStage(loading, purpose);
        }
        return loading.index;
    }

    private void loadStage(Loading loading, Purpose purpose) {
        store.forEach(layout.indexes(), info -> loadObject(info.key(), loading));
        adoptPacks(loading, purpose);
    }

    private void addCondemned(Purpose purpose, Loading loading) {
        for (int number = 0; number < alsoShunned.count(); number++) {
            loading.condemned.add(alsoShunned.id(number), 0);
        }
        try {
            garbage.addPacksTo(loading.condemned);
        } catch (CoordinatorException e) {
            if (purpose == Purpose.READING
                    && (e.code() == ErrorCode.OBJECT_DAMAGED || e.code() == ErrorCode.UNKNOWN_FORMAT_VERSION)) {
                loading.index.addProblem(new ChunkIndex.Problem("garbage", e.getMessage()));
            } else {
                throw e.code() == ErrorCode.OBJECT_DAMAGED ? condemnedUnknown(e) : e;
            }
        }
    }

    private CoordinatorException condemnedUnknown(CoordinatorException cause) {
        return new CoordinatorException(
                ErrorCode.OBJECT_DAMAGED,
                "it can't be known which objects of namespace '" + layout.namespace()
                        + "' are condemned, and nothing may refer" + " to them: " + cause.getMessage(),
                "Run 'tidemark repair " + layout.namespace()
                        + "', which gives the list up; garbage collection finds its objects again.",
                cause);
    }

    private void adoptPacks(Loading loading, Purpose purpose) {
        ChunkIndex index = loading.index;
        Set<ObjectId> missing = index.missingPacks();
        List<Pack> adopted = new ArrayList<>();
        int chunks = 0;
        int count = loading.listed.count();
        for (int number = 0; number < count; number++) {
            ObjectId id = loading.listed.id(number);
            int size = loading.listed.sizeBytes(number);
            if (size < 0 || loading.isShunned(id) || loading.listed.isDescribed(number) || missing.contains(id)) {
                continue;
            }
            try {
                Pack pack = CheckedRead.of(() -> Pack.readTable(store, layout, id, size, codec));
                if (chunks + pack.chunks().size() > MAX_CHUNKS) {
                    adopt(adopted, index, purpose);
                    chunks = 0;
                }
                adopted.add(pack);
                chunks += pack.chunks().size();
            } catch (CoordinatorException e) {
                if (e.code() != ErrorCode.OBJECT_MISSING) {
                    remember(index, layout.pack(id), e);
                }
            }
        }
        adopt(adopted, index, purpose);
    }

    private void adopt(List<Pack> packs, ChunkIndex index, Purpose purpose) {
        List<Pack> added = packs;
        if (!packs.isEmpty() && purpose == Purpose.COMPLETING) {
            added = packs.stream().map(this::confirm).toList();
            write(added);
        }
        added.forEach(index::addAdopted);
        packs.clear();
    }

    /** Its writer may never have been told that it is durable; and only who reads it whole knows its hash. */
    private Pack confirm(Pack pack) {
        ObjectKey key = layout.pack(pack.id());
        ByteBuffer content = ByteBuffer.wrap(store.read(key));
        store.createOrConfirm(key, content);
        return pack.withHash(ObjectHash.ofContent(content));
    }

    /** An object whose key is not that of a pack is none, whatever it holds. */
    private static void addTo(PackTable listed, ObjectInfo info, String packs) {
        String name = info.key().name();
        boolean isPack = ObjectId.isValid(name) && info.key().value().equals(packs + name.substring(0, 2) + "/" + name);
        if (isPack) {
            boolean isPossible = info.sizeBytes() <= ObjectStore.MAX_OBJECT_BYTES;
            listed.add(ObjectId.parse(name), isPossible ? (int) info.sizeBytes() : -1);
        }
    }

    private void loadObject(ObjectKey key, Loading loading) {
        try {
            for (Pack pack : decode(key, store.read(key))) {
                int number = loading.listed.numberOf(pack.id());
                if (number < 0 || loading.listed.sizeBytes(number) != pack.sizeBytes()) {
                    loading.index.addMissing(pack.id());
                } else if (!loading.isShunned(pack.id())) {
                    loading.index.add(pack);
                }
            }
        } catch (CoordinatorException e) {
            hasVanished |= e.code() == ErrorCode.OBJECT_MISSING;
            if (loading.stage == Stage.UNMARKED) {
                remember(loading.index, key, e);
            }
        }
    }

    /** Damage costs what the object names and no more; everything else stops the run. */
    private static void remember(ChunkIndex index, ObjectKey key, CoordinatorException failure) {
        if (failure.code() == ErrorCode.KEY_DESTROYED) {
            return; // shredded: nobody misses it
        }
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
        ObjectHash hash = ObjectHash.read(content);
        int count = content.getInt();
        if (keyId < 1 || count < 0 || count > content.remaining() / PackedChunk.BYTES) {
            throw new IllegalArgumentException("a pack of " + count + " chunks");
        }
        List<PackedChunk> chunks = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            chunks.add(PackedChunk.read(content, size, codec.chunkSize()));
        }
        return new Pack(id, size, keyId, hash, chunks);
    }

    /**
     * What an index is for, which decides about condemned and damaged packs, and about packs that no index object names: a crash came
     * between pack and index, or index objects are lost.
     */
    enum Purpose {
        /** Nothing is written; shunned packs are used for what no other pack has. */
        READING,
        /** New chunks refer to it: shunned packs are as good as lost. */
        WRITING,
        /** As {@link #WRITING}, and packs that no index object names get one. */
        COMPLETING
    }

    /** Which packs are used, one stage after the other: where several have a chunk, the one of the earliest stage counts. */
    private enum Stage {
        UNMARKED,
        AND_CONDEMNED,
        ALL
    }

    /** One load: what was listed, and what is left aside. */
    private static final class Loading {
        private final PackTable listed;
        private final PackTable condemned = new PackTable();
        private final PackTable damaged = new PackTable();
        private final ChunkIndex index;
        private Stage stage = Stage.UNMARKED;

        private Loading(PackTable listed) {
            this.listed = listed;
            index = new ChunkIndex(listed);
        }

        boolean isShunned(ObjectId pack) {
            return switch (stage) {
                case UNMARKED -> condemned.numberOf(pack) >= 0 || damaged.numberOf(pack) >= 0;
                case AND_CONDEMNED -> damaged.numberOf(pack) >= 0;
                case ALL -> false;
            };
        }
    }
}

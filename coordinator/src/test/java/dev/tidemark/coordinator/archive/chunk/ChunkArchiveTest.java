package dev.tidemark.coordinator.archive.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.SampleArchive;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore.Operation;
import dev.tidemark.coordinator.archive.object.ObjectHash;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.coordinator.archive.object.ObjectInfo;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.kvs.ErrorCode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
class ChunkArchiveTest {
    private static final int CHUNK = 1 << 20;

    private final InMemoryObjectStore store = new InMemoryObjectStore();
    private final NamespaceArchive archive = SampleArchive.create(store, "orders");

    @Test
    void read_afterFlush_isWhatWasStored() {
        ChunkWriter writer = archive.chunkWriter(archive.loadIndex());
        Map<ChunkId, byte[]> contents = new HashMap<>();
        for (int length : new int[] {1, 100, 65_536, 70_000, CHUNK - 1, CHUNK}) {
            contents.put(
                    writer.store(buffer(SampleArchive.randomBytes(length, length)))
                            .id(),
                    SampleArchive.randomBytes(length, length));
            byte[] zeros = new byte[length];
            contents.put(writer.store(buffer(zeros)).id(), zeros);
        }
        writer.flush();

        ChunkReader reader = reopened().chunkReader(reopened().loadIndex());

        assertThat(contents).hasSize(12);
        contents.forEach((id, content) -> assertThat(reader.read(id)).isEqualTo(content));
    }

    @Test
    void store_sameContentAgain_isReusedInThisRunAndTheNext() {
        ChunkWriter writer = archive.chunkWriter(archive.loadIndex());

        ChunkRef first = writer.store(buffer(new byte[1000]));
        ChunkRef second = writer.store(buffer(new byte[1000]));
        ChunkCounts counts = writer.flush();
        ChunkWriter later = reopened().chunkWriter(reopened().loadIndex());
        ChunkRef third = later.store(buffer(new byte[1000]));

        assertThat(first.isNew()).isTrue();
        assertThat(second).isEqualTo(new ChunkRef(first.id(), 1000, false));
        assertThat(third.id()).isEqualTo(first.id());
        assertThat(third.isNew()).isFalse();
        assertThat(counts.newChunks()).isEqualTo(1);
        assertThat(counts.newRawBytes()).isEqualTo(1000);
        assertThat(counts.newStoredBytes())
                .isEqualTo(totalSize(archive.layout().packs())
                        + totalSize(archive.layout().indexes()));
        assertThat(later.flush().newStoredBytes()).isZero();
    }

    @Test
    void store_sameContentInAnotherNamespace_hasAnotherId() {
        NamespaceArchive other = otherNamespace("stock");

        ChunkId here = archive.chunkWriter(archive.loadIndex())
                .store(buffer(new byte[9]))
                .id();
        ChunkId there =
                other.chunkWriter(other.loadIndex()).store(buffer(new byte[9])).id();

        assertThat(here).isNotEqualTo(there);
    }

    @Test
    void store_badLength_isRefused() {
        ChunkWriter writer = archive.chunkWriter(archive.loadIndex());

        assertThatIllegalArgumentException().isThrownBy(() -> writer.store(buffer(new byte[0])));
        assertThatIllegalArgumentException().isThrownBy(() -> writer.store(buffer(new byte[CHUNK + 1])));
    }

    @Test
    void flush_moreThanAPack_splitsIntoPacksOfSixteenMebibytes() {
        ChunkWriter writer = archive.chunkWriter(archive.loadIndex());
        for (int i = 0; i < 40; i++) {
            writer.store(buffer(SampleArchive.randomBytes(i, CHUNK)));
        }

        writer.flush();

        List<ObjectInfo> packs = store.list(archive.layout().packs(), "", 10);
        assertThat(packs).hasSize(3).allSatisfy(pack -> assertThat(pack.sizeBytes())
                .isLessThan(18 << 20));
        assertThat(store.list(archive.layout().indexes(), "", 10)).hasSize(1);
    }

    @Test
    void flush_order_isPacksThenIndex() {
        List<String> created = new ArrayList<>();
        store.observe((operation, key, isDone) -> {
            if (operation == Operation.CREATE && !isDone) {
                created.add(key.substring(0, "ns/orders/packs".length()));
            }
        });
        ChunkWriter writer = archive.chunkWriter(archive.loadIndex());
        for (int i = 0; i < 20; i++) {
            writer.store(buffer(SampleArchive.randomBytes(i, CHUNK)));
        }

        writer.flush();

        assertThat(created).containsExactly("ns/orders/packs", "ns/orders/packs", "ns/orders/index");
    }

    @Test
    void loadIndex_packMissing_isNotTrustedAndItsChunksAreStoredAgain() {
        ChunkId id = storeOne(new byte[5000]);
        store.delete(onlyPack());

        NamespaceArchive later = reopened();
        ChunkIndex index = later.loadIndex();

        assertThat(index.contains(id)).isFalse();
        assertThat(index.missingPacks()).hasSize(1);
        assertCode(ErrorCode.OBJECT_MISSING, () -> later.chunkReader(index).read(id));
        ChunkWriter writer = later.chunkWriter(index);
        assertThat(writer.store(buffer(new byte[5000])).isNew()).isTrue();
        writer.flush();
        assertThat(reopened().chunkReader(reopened().loadIndex()).read(id)).isEqualTo(new byte[5000]);
    }

    @Test
    void loadIndex_packOfAnotherSize_isNotTrusted() {
        ChunkId id = storeOne(new byte[5000]);
        store.damage(onlyPack(), content -> Arrays.copyOf(content, content.length - 1));

        ChunkIndex index = reopened().loadIndex();

        assertThat(index.contains(id)).isFalse();
        assertThat(index.missingPacks()).hasSize(1);
    }

    @Test
    void loadIndex_indexDamaged_isRememberedAndThePackAdoptedWithoutWriting() {
        ChunkId id = storeOne(new byte[5000]);
        damageIndex();
        List<ObjectInfo> before = store.list("", "", 100);

        ChunkIndex index = reopened().loadIndex();

        assertThat(index.problems()).hasSize(1);
        assertThat(index.adoptedPacks()).hasSize(1);
        assertThat(reopened().chunkReader(index).read(id)).isEqualTo(new byte[5000]);
        assertThat(store.list("", "", 100)).isEqualTo(before);
    }

    @Test
    void loadAndCompleteIndex_indexDamagedOrLost_isWrittenAgainOnce() {
        ChunkId id = storeOne(new byte[5000]);
        damageIndex();

        assertThat(reopened().loadAndCompleteIndex().contains(id)).isTrue();
        ChunkIndex later = reopened().loadAndCompleteIndex();
        assertThat(later.contains(id)).isTrue();
        assertThat(later.problems()).as("the damaged object is still there").hasSize(1);
        assertThat(later.adoptedPacks()).isEmpty();

        store.list(archive.layout().indexes(), "", 100).forEach(info -> store.delete(info.key()));
        assertThat(reopened().loadAndCompleteIndex().adoptedPacks()).hasSize(1);
        assertThat(reopened().loadIndex().contains(id)).isTrue();
        assertThat(reopened().loadIndex().adoptedPacks()).isEmpty();
        assertThat(reopened().loadIndex().problems()).isEmpty();
    }

    @Test
    void loadIndex_indexLostAndPackDamaged_costsThatPackAlone() {
        ChunkId first = storeOne(SampleArchive.randomBytes(1, 5000));
        ObjectKey pack = onlyPack();
        ChunkId second = storeOne(SampleArchive.randomBytes(2, 5000));
        store.list(archive.layout().indexes(), "", 100).forEach(info -> store.delete(info.key()));
        store.damage(pack, content -> {
            content[content.length - 20] ^= 1;
            return content;
        });

        ChunkIndex index = reopened().loadIndex();

        assertThat(index.contains(first)).isFalse();
        assertThat(index.contains(second)).isTrue();
        assertThat(index.problems()).extracting(ChunkIndex.Problem::object).containsExactly(pack.value());
    }

    private void damageIndex() {
        store.damage(store.list(archive.layout().indexes(), "", 1).get(0).key(), content -> {
            content[40] ^= 1;
            return content;
        });
    }

    @Test
    void read_chunksOfSwappedPacks_isFound() {
        ChunkId first = storeOne(SampleArchive.randomBytes(1, 5000));
        ChunkId second = storeOne(SampleArchive.randomBytes(2, 5000));
        List<ObjectInfo> packs = store.list(archive.layout().packs(), "", 10);
        byte[] one = store.read(packs.get(0).key());
        byte[] two = store.read(packs.get(1).key());
        store.damage(packs.get(0).key(), content -> two);
        store.damage(packs.get(1).key(), content -> one);
        ChunkIndex index = reopened().loadIndex();

        assertCode(ErrorCode.OBJECT_DAMAGED, () -> archive.chunkReader(index).read(first));
        assertCode(ErrorCode.OBJECT_DAMAGED, () -> archive.chunkReader(index).read(second));
        assertCode(ErrorCode.OBJECT_DAMAGED, () -> archive.chunks()
                .packVerifier()
                .verify(index.find(first).orElseThrow().pack(), (id, offset, isGood) -> {}));
    }

    @Test
    void packVerifier_ofALargePackAndASmallOne_checksEachAlone() {
        ChunkIndex index = archive.loadIndex();
        ChunkWriter writer = archive.chunkWriter(index);
        writer.store(buffer(SampleArchive.randomBytes(1, 5000)));
        writer.flush();
        writer.store(buffer(SampleArchive.randomBytes(2, 50)));
        writer.flush();
        PackVerifier verifier = archive.chunks().packVerifier();

        for (int number = 0; number < 2; number++) {
            ChunkLocation place = index.location(number);
            List<Boolean> results = new ArrayList<>();
            int length = verifier.verify(place.pack(), (id, offset, isGood) -> results.add(isGood));

            assertThat(length).isEqualTo(place.packSizeBytes());
            assertThat(results).containsExactly(true);
        }
    }

    @Test
    void packVerifier_anyByteChanged_isFound() {
        ChunkWriter writer = archive.chunkWriter(archive.loadIndex());
        List<ChunkId> ids = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            ids.add(writer.store(buffer(SampleArchive.randomBytes(i, 50))).id());
        }
        writer.flush();
        ChunkIndex index = archive.loadIndex();
        ObjectKey pack = onlyPack();
        byte[] original = store.read(pack);

        for (int i = 0; i < original.length; i++) {
            int at = i;
            store.damage(pack, content -> {
                content[at] ^= 4;
                return content;
            });
            assertThat(isPackGood(index, ids.get(0))).as("byte %d", i).isFalse();
            for (int chunk = 0; chunk < 3; chunk++) {
                assertThat(readOrNull(index, ids.get(chunk)))
                        .as("byte %d chunk %d", i, chunk)
                        .isIn(null, SampleArchive.randomBytes(chunk, 50));
            }
            store.damage(pack, content -> original.clone());
        }
        assertThat(isPackGood(index, ids.get(0))).isTrue();
    }

    @Test
    void loadIndex_anyByteOfIndexChanged_isFound() {
        storeOne(new byte[500]);
        ObjectKey key = store.list(archive.layout().indexes(), "", 1).get(0).key();
        int length = store.read(key).length;

        for (int i = 0; i < length; i++) {
            int at = i;
            store.damage(key, content -> {
                content[at] ^= 16;
                return content;
            });
            if (i == 4) {
                assertCode(ErrorCode.UNKNOWN_FORMAT_VERSION, archive::loadIndex);
            } else {
                assertThat(archive.loadIndex().problems()).as("byte %d", i).hasSize(1);
            }
            store.damage(key, content -> {
                content[at] ^= 16;
                return content;
            });
        }
    }

    @Test
    void store_storeFails_writerFailsForGoodAndTheIndexIsClean() {
        ChunkIndex index = archive.loadIndex();
        ChunkWriter writer = archive.chunkWriter(index);
        ChunkId id = writer.store(buffer(new byte[100])).id();
        store.failNext(Operation.CREATE, new CoordinatorException(ErrorCode.DISK_FULL, "planned", ""));

        assertCode(ErrorCode.DISK_FULL, writer::flush);

        assertCode(ErrorCode.DISK_FULL, () -> writer.store(buffer(new byte[101])));
        assertCode(ErrorCode.DISK_FULL, writer::flush);
        assertThat(index.contains(id)).isFalse();
        ChunkWriter second = archive.chunkWriter(index);
        assertThat(second.store(buffer(new byte[100])).isNew()).isTrue();
        second.flush();
        assertThat(archive.chunkReader(index).read(id)).isEqualTo(new byte[100]);
    }

    @Test
    void store_manyThreads_everythingIsThereOnce() {
        ExecutorService workers = Executors.newFixedThreadPool(6);
        ChunkIndex index = archive.loadIndex();
        ChunkWriter writer = archive.chunkWriter(index);
        Map<ChunkId, Long> seeds = new ConcurrentHashMap<>();
        try {
            List<CompletableFuture<Void>> tasks = new ArrayList<>();
            for (int task = 0; task < 6; task++) {
                long first = task * 100L;
                tasks.add(CompletableFuture.runAsync(
                        () -> {
                            // Half of what a task stores is stored by its neighbour too.
                            for (long seed = first; seed < first + 200; seed++) {
                                byte[] content = SampleArchive.randomBytes(seed, 100_000);
                                seeds.put(writer.store(buffer(content)).id(), seed);
                            }
                        },
                        workers));
            }
            tasks.forEach(CompletableFuture::join);
        } finally {
            workers.shutdown();
        }

        ChunkCounts counts = writer.flush();

        assertThat(counts.newChunks()).isEqualTo(700);
        ChunkIndex loaded = reopened().loadIndex();
        assertThat(loaded.chunks()).isEqualTo(700);
        ChunkReader reader = reopened().chunkReader(loaded);
        seeds.forEach((id, seed) -> assertThat(reader.read(id)).isEqualTo(SampleArchive.randomBytes(seed, 100_000)));
    }

    @Test
    void read_manySmallChunksInOrder_needsFewRequests() {
        ChunkWriter writer = archive.chunkWriter(archive.loadIndex());
        List<ChunkId> ids = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            ids.add(writer.store(buffer(SampleArchive.randomBytes(i, 2000))).id());
        }
        writer.flush();
        ChunkReader reader = archive.chunkReader(archive.loadIndex());
        int[] reads = {0};
        store.observe((operation, key, isDone) -> reads[0] += operation == Operation.READ && isDone ? 1 : 0);

        for (int i = 0; i < 2000; i++) {
            assertThat(reader.read(ids.get(i))).isEqualTo(SampleArchive.randomBytes(i, 2000));
        }

        assertThat(reads[0]).isLessThan(10);
    }

    @Test
    void index_manyChunks_areFound() {
        ChunkIndex index = new ChunkIndex();
        Random random = new Random(3);
        List<ChunkId> ids = new ArrayList<>();
        for (int pack = 0; pack < 20; pack++) {
            List<PackedChunk> chunks = new ArrayList<>();
            for (int i = 0; i < 10_000; i++) {
                ChunkId id = new ChunkId(i % 100 == 0 ? 7 : random.nextLong(), random.nextLong(), pack, i);
                ids.add(id);
                chunks.add(new PackedChunk(id, 12 + i, 1, 1 + i));
            }
            index.add(new Pack(new ObjectId(0, pack), 20_000, 1, ObjectHash.UNKNOWN, chunks));
        }

        assertThat(index.chunks()).isEqualTo(200_000);
        for (int i = 0; i < ids.size(); i++) {
            ChunkLocation location = index.find(ids.get(i)).orElseThrow();
            assertThat(location.pack().low()).isEqualTo(i / 10_000);
            assertThat(location.rawLength()).isEqualTo(1 + i % 10_000);
            assertThat(index.id(index.numberOf(ids.get(i)))).isEqualTo(ids.get(i));
        }
        assertThat(index.contains(new ChunkId(1, 2, 3, 4))).isFalse();
    }

    private ChunkId storeOne(byte[] content) {
        ChunkWriter writer = archive.chunkWriter(archive.loadIndex());
        ChunkId id = writer.store(buffer(content)).id();
        writer.flush();
        return id;
    }

    private ObjectKey onlyPack() {
        List<ObjectInfo> packs = store.list(archive.layout().packs(), "", 2);
        assertThat(packs).hasSize(1);
        return packs.get(0).key();
    }

    private boolean isPackGood(ChunkIndex index, ChunkId chunk) {
        boolean[] isGood = {true};
        try {
            archive.chunks()
                    .packVerifier()
                    .verify(
                            index.find(chunk).orElseThrow().pack(),
                            (id, offset, isChunkGood) -> isGood[0] &= isChunkGood);
        } catch (CoordinatorException e) {
            return false;
        }
        return isGood[0];
    }

    private byte[] readOrNull(ChunkIndex index, ChunkId id) {
        try {
            return archive.chunkReader(index).read(id);
        } catch (CoordinatorException e) {
            return null;
        }
    }

    private long totalSize(String prefix) {
        return store.list(prefix, "", 1000).stream()
                .mapToLong(ObjectInfo::sizeBytes)
                .sum();
    }

    private NamespaceArchive reopened() {
        return SampleArchive.open(store, "orders");
    }

    private NamespaceArchive otherNamespace(String name) {
        return Archive.open(store, SampleArchive.key(), SampleArchive.seams(3)).createNamespace(name);
    }

    private static ByteBuffer buffer(byte[] content) {
        return ByteBuffer.wrap(content);
    }

    private static void assertCode(ErrorCode code, ThrowingCallable action) {
        assertThatThrownBy(action).isInstanceOfSatisfying(CoordinatorException.class, e -> assertThat(e.code())
                .as(e.getMessage())
                .isEqualTo(code));
    }
}

package dev.tidemark.coordinator.archive.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.SampleArchive;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore.Operation;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.kvs.ErrorCode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** E5: damage on the way is not damage in the archive, and the other way round. */
class WireDamageTest {
    private final InMemoryObjectStore store = new InMemoryObjectStore();
    private final NamespaceArchive archive = SampleArchive.create(store, "orders");

    @Test
    void chunkReader_bytesDamagedOnTheWayTwice_readsWhatWasWritten() {
        List<ChunkId> ids = store(40);
        ChunkReader reader = archive.chunkReader(archive.loadIndex());
        damageReadsOnTheWay(2);

        for (int i = 0; i < ids.size(); i++) {
            assertThat(reader.read(ids.get(i))).isEqualTo(SampleArchive.randomBytes(i, 70_000));
        }
    }

    @Test
    void chunkReader_bytesDamagedInTheStore_saysSoAfterThreeReads() {
        List<ChunkId> ids = store(1);
        ChunkReader reader = archive.chunkReader(archive.loadIndex());
        int[] reads = damageReadsOnTheWay(Integer.MAX_VALUE);

        assertThatThrownBy(() -> reader.read(ids.get(0)))
                .isInstanceOfSatisfying(
                        CoordinatorException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OBJECT_DAMAGED));

        assertThat(reads[0]).isEqualTo(3);
    }

    @Test
    void loadIndex_packTableDamagedOnTheWay_isReadAgain() {
        List<ChunkId> ids = store(3);
        store.list(archive.layout().indexes(), "", 10).forEach(info -> store.delete(info.key()));
        damageReadsOnTheWay(1);

        ChunkIndex index = archive.loadIndex();

        assertThat(index.contains(ids.get(2))).isTrue();
    }

    private List<ChunkId> store(int chunks) {
        ChunkWriter writer = archive.chunkWriter(archive.loadIndex());
        List<ChunkId> ids = new ArrayList<>();
        for (int i = 0; i < chunks; i++) {
            ids.add(writer.store(ByteBuffer.wrap(SampleArchive.randomBytes(i, 70_000)))
                    .id());
        }
        writer.flush();
        return ids;
    }

    /** Turns one byte over in the first reads of packs; the object itself stays as it is. Returns the count of reads so far. */
    private int[] damageReadsOnTheWay(int times) {
        int[] reads = new int[1];
        store.observe((operation, key, isDone) -> {
            if (operation == Operation.READ && key.startsWith(archive.layout().packs())) {
                reads[0] += isDone ? 0 : 1;
                if (reads[0] <= times) {
                    store.damage(new ObjectKey(key), WireDamageTest::flipped);
                }
            }
        });
        return reads;
    }

    private static byte[] flipped(byte[] content) {
        for (int i = 0; i < content.length; i += 16) {
            content[i] ^= 1;
        }
        return content;
    }
}

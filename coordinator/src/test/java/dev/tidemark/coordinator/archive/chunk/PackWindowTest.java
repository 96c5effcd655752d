package dev.tidemark.coordinator.archive.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.SampleArchive;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore.Operation;
import dev.tidemark.coordinator.archive.object.NamespaceLayout;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.kvs.ErrorCode;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PackWindowTest {
    private static final int CHUNK = 1 << 20;
    private static final int HEAD = 12;
    private static final int CHUNKS = 16;
    private static final int PACK_BYTES = HEAD + CHUNKS * CHUNK + 2000;
    private static final ObjectId FIRST = new ObjectId(1, 1);
    private static final ObjectId SECOND = new ObjectId(2, 2);

    private final InMemoryObjectStore store = new InMemoryObjectStore();
    private final NamespaceLayout layout =
            SampleArchive.create(new InMemoryObjectStore(), "orders").layout();
    private final PackWindow window = new PackWindow(store, layout);
    private final byte[] first = SampleArchive.randomBytes(1, PACK_BYTES);
    private final byte[] second = SampleArchive.randomBytes(2, PACK_BYTES);
    private int reads;

    @Test
    void stored_inOrder_takesThreeRequestsForAPack() {
        create();

        IntStream.range(0, CHUNKS).forEach(i -> require(FIRST, first, i));

        assertThat(reads).isEqualTo(3);
    }

    @Test
    void stored_runThatGoesOnInTheNextPack_takesTwoRequestsThere() {
        create();
        IntStream.range(0, CHUNKS).forEach(i -> require(FIRST, first, i));
        reads = 0;

        IntStream.range(0, CHUNKS).forEach(i -> require(SECOND, second, i));

        assertThat(reads).isEqualTo(2);
    }

    @Test
    void stored_neighboursThatAreMixed_takesFewRequests() {
        create();

        IntStream.range(0, CHUNKS).forEach(i -> require(FIRST, first, i ^ 1));

        assertThat(reads).isLessThanOrEqualTo(4);
    }

    @Test
    void stored_chunksFarFromEachOther_readsEachAlone() {
        create();

        for (int i : new int[] {0, 7, 15, 3, 11}) {
            require(FIRST, first, i);
        }

        assertThat(reads).isEqualTo(5);
    }

    @Test
    void stored_smallChunksOverEveryBoundary_areTheBytesOfThePack() {
        create();
        int length = 300_001;

        for (int offset = HEAD; offset + length <= PACK_BYTES; offset += length) {
            requireBytes(FIRST, first, offset, length);
        }

        assertThat(reads).isLessThanOrEqualTo(4);
    }

    @Test
    void stored_packThatIsCutOff_givesWhatIsThere() {
        int there = HEAD + 5 * CHUNK + 100;
        store.create(layout.pack(FIRST), ByteBuffer.wrap(Arrays.copyOf(first, there)));

        IntStream.range(0, 5).forEach(i -> require(FIRST, first, i));

        for (int i : new int[] {5, 12}) {
            assertThatThrownBy(() -> window.stored(chunk(FIRST, HEAD + i * CHUNK, CHUNK)))
                    .isInstanceOfSatisfying(CoordinatorException.class, e -> assertThat(e.code())
                            .isEqualTo(ErrorCode.OBJECT_DAMAGED));
        }
        require(FIRST, first, 4);
    }

    @Test
    void stored_readThatFails_leavesNothingOfAnotherPackBehind() {
        create();
        require(FIRST, first, 0);
        store.failNext(Operation.READ, new CoordinatorException(ErrorCode.DISK_FULL, "planned", ""));

        assertThatThrownBy(() -> window.stored(chunk(SECOND, HEAD, CHUNK))).isInstanceOf(CoordinatorException.class);

        require(SECOND, second, 0);
        require(FIRST, first, 0);
    }

    private void create() {
        store.create(layout.pack(FIRST), ByteBuffer.wrap(first));
        store.create(layout.pack(SECOND), ByteBuffer.wrap(second));
        store.observe((operation, key, isDone) -> reads += operation == Operation.READ && isDone ? 1 : 0);
    }

    private void require(ObjectId pack, byte[] content, int number) {
        requireBytes(pack, content, HEAD + number * CHUNK, CHUNK);
    }

    private void requireBytes(ObjectId pack, byte[] content, int offset, int length) {
        ByteBuffer stored = window.stored(chunk(pack, offset, length));

        assertThat(stored).isEqualTo(ByteBuffer.wrap(content, offset, length));
    }

    private static ChunkLocation chunk(ObjectId pack, int offset, int length) {
        return new ChunkLocation(pack, PACK_BYTES, 1, offset, length, length);
    }
}

package dev.tidemark.coordinator.archive.object;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.kvs.ErrorCode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What every object store does. */
public abstract class ObjectStoreContract {
    /** Returns the same empty store within one test. */
    protected abstract ObjectStore store();

    @Test
    void create_newKey_isReadBack() {
        store().create(key("a/b/c"), bytes("content"));

        assertThat(store().read(key("a/b/c"))).isEqualTo("content".getBytes(StandardCharsets.UTF_8));
        assertThat(store().head(key("a/b/c"))).contains(new ObjectInfo(key("a/b/c"), 7));
    }

    @Test
    void create_takenKey_isRefusedAndChangesNothing() {
        store().create(key("a"), bytes("first"));

        assertCode(ErrorCode.OBJECT_EXISTS, () -> store().create(key("a"), bytes("second")));

        assertThat(store().read(key("a"))).isEqualTo("first".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void create_emptyContent_isAnObject() {
        store().create(key("empty"), bytes(""));

        assertThat(store().read(key("empty"))).isEmpty();
        assertThat(store().read(key("empty"), 0, 10)).isEmpty();
        assertThat(store().head(key("empty"))).isPresent();
    }

    @Test
    void read_intoASpareBuffer_isTheContentWhateverWasInIt() {
        byte[] large = new byte[1_000_000];
        new Random(1).nextBytes(large);
        store().create(key("large"), ByteBuffer.wrap(large));
        store().create(key("small"), bytes("small"));

        ByteBuffer read = store().read(key("large"), ByteBuffer.allocate(10));
        assertThat(read).isEqualTo(ByteBuffer.wrap(large));
        assertThat(read.hasArray()).isTrue();
        assertThat(store().read(key("small"), read)).isEqualTo(bytes("small"));
        assertThat(store().read(key("small"), ByteBuffer.allocate(5))).isEqualTo(bytes("small"));
        assertCode(ErrorCode.OBJECT_MISSING, () -> store().read(key("none"), read));
    }

    @Test
    void create_partOfABuffer_takesThatPartAndLeavesTheBuffer() {
        ByteBuffer buffer = bytes("0123456789").position(2).limit(5);

        store().create(key("part"), buffer);

        assertThat(store().read(key("part"))).isEqualTo("234".getBytes(StandardCharsets.UTF_8));
        assertThat(buffer.remaining()).isEqualTo(3);
    }

    @Test
    void create_manyThreadsOneKey_exactlyOneWinsAndItsContentIsThere() {
        ExecutorService workers = Executors.newFixedThreadPool(8);
        try {
            for (int round = 0; round < 20; round++) {
                ObjectKey key = key("race/" + round);
                AtomicInteger winner = new AtomicInteger(-1);
                AtomicInteger winners = new AtomicInteger();
                List<CompletableFuture<Void>> racers = new ArrayList<>();
                for (int racer = 0; racer < 8; racer++) {
                    int number = racer;
                    racers.add(CompletableFuture.runAsync(() -> race(key, number, winner, winners), workers));
                }
                racers.forEach(CompletableFuture::join);

                assertThat(winners).hasValue(1);
                assertThat(store().read(key)).isEqualTo(("racer " + winner).getBytes(StandardCharsets.UTF_8));
            }
        } finally {
            workers.shutdown();
        }
    }

    @Test
    void createOrConfirm_sameContent_succeeds() {
        store().create(key("a"), bytes("same"));

        store().createOrConfirm(key("a"), bytes("same"));

        assertCode(ErrorCode.OBJECT_EXISTS, () -> store().createOrConfirm(key("a"), bytes("other")));
    }

    @Test
    void read_missing_isRefused() {
        assertCode(ErrorCode.OBJECT_MISSING, () -> store().read(key("none")));
        assertCode(ErrorCode.OBJECT_MISSING, () -> store().read(key("none"), 0, 1));
        assertThat(store().head(key("none"))).isEmpty();
    }

    @Test
    void read_folder_isMissing() {
        store().create(key("folder/object"), bytes("x"));

        assertCode(ErrorCode.OBJECT_MISSING, () -> store().read(key("folder")));
        assertThat(store().head(key("folder"))).isEmpty();
        store().delete(key("folder"));
        assertThat(store().head(key("folder/object"))).isPresent();
    }

    @Test
    void read_ranges_areCutAtTheEnd() {
        store().create(key("r"), bytes("0123456789"));

        assertThat(store().read(key("r"), 0, 10)).isEqualTo("0123456789".getBytes(StandardCharsets.UTF_8));
        assertThat(store().read(key("r"), 3, 4)).isEqualTo("3456".getBytes(StandardCharsets.UTF_8));
        assertThat(store().read(key("r"), 8, 100)).isEqualTo("89".getBytes(StandardCharsets.UTF_8));
        assertThat(store().read(key("r"), 10, 1)).isEmpty();
        assertThat(store().read(key("r"), 1_000_000_000_000L, 1)).isEmpty();
        assertThat(store().read(key("r"), 4, 0)).isEmpty();
        assertThatIllegalArgumentException().isThrownBy(() -> store().read(key("r"), -1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> store().read(key("r"), 0, -1));
    }

    @Test
    void list_anyPrefixAndPageSize_isWhatAnOrderedSetSays() {
        Random random = new Random(7);
        TreeSet<String> keys = new TreeSet<>();
        String[] names = {"a", "a-b", "a.b", "ab", "b", "a=c", "0", "Z", "_"};
        while (keys.size() < 120) {
            StringBuilder key = new StringBuilder("d" + random.nextInt(3));
            int depth = 1 + random.nextInt(3);
            for (int i = 0; i < depth; i++) {
                key.append('/').append(names[random.nextInt(names.length)]);
            }
            // The last segment is distinct from every folder: no key is the directory of another one.
            keys.add(key.append("/f").append(random.nextInt(5)).toString());
        }
        keys.forEach(key -> store().create(key(key), bytes(key)));

        for (String prefix : List.of("", "d", "d1", "d1/", "d1/a", "d1/a/", "d1/a-b/", "d2/ab", "x", "d1/a/b/f")) {
            for (int limit : new int[] {1, 7, 1000}) {
                List<String> expected =
                        keys.stream().filter(key -> key.startsWith(prefix)).toList();
                assertThat(listAll(prefix, limit))
                        .as("prefix %s limit %d", prefix, limit)
                        .isEqualTo(expected);
            }
        }
        assertThat(store().list("", "", 1000)).allSatisfy(info -> assertThat(info.sizeBytes())
                .isEqualTo(info.key().value().length()));
    }

    @Test
    void list_startAfterThatDoesNotExist_continuesBehindIt() {
        List.of("n/a/x", "n/b/x", "n/c/x").forEach(key -> store().create(key(key), bytes("x")));

        assertThat(store().list("n/", "n/a0", 10))
                .extracting(info -> info.key().value())
                .containsExactly("n/b/x", "n/c/x");
        assertThat(store().list("n/", "m", 10)).hasSize(3);
        assertThat(store().list("n/", "o", 10)).isEmpty();
    }

    @Test
    void list_limitOutOfRange_isRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> store().list("", "", 0));
        assertThatIllegalArgumentException().isThrownBy(() -> store().list("", "", 1001));
    }

    @Test
    void forEach_moreThanAPage_seesAll() {
        for (int i = 0; i < 1100; i++) {
            store().create(key(String.format("many/%04d", i)), bytes(""));
        }
        List<String> seen = new ArrayList<>();

        store().forEach("many/", info -> seen.add(info.key().name()));

        assertThat(seen).hasSize(1100).isSorted();
    }

    @Test
    void delete_twice_isIdempotentAndTheKeyIsFreeAgain() {
        store().create(key("a/b"), bytes("one"));

        store().delete(key("a/b"));
        store().delete(key("a/b"));

        assertThat(store().head(key("a/b"))).isEmpty();
        assertThat(store().list("", "", 10)).isEmpty();
        store().create(key("a/b"), bytes("two"));
        assertThat(store().read(key("a/b"))).isEqualTo("two".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void probe_anyStore_passesAndLeavesNothing() {
        ExecutorService workers = Executors.newFixedThreadPool(4);
        try {
            assertThat(new ObjectStoreProbe(store(), workers, new Random(1)).run())
                    .contains("create-once", "create-once-race", "ranged-read", "list-after-create");
            assertThat(store().list("", "", 10)).isEmpty();
        } finally {
            workers.shutdown();
        }
    }

    /** Makes a key. */
    protected static ObjectKey key(String value) {
        return new ObjectKey(value);
    }

    /** Makes a content. */
    protected static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Checks that the action fails with this code. */
    protected static void assertCode(ErrorCode code, org.assertj.core.api.ThrowableAssert.ThrowingCallable action) {
        assertThatThrownBy(action).isInstanceOfSatisfying(CoordinatorException.class, e -> assertThat(e.code())
                .as(e.getMessage())
                .isEqualTo(code));
    }

    private void race(ObjectKey key, int number, AtomicInteger winner, AtomicInteger winners) {
        try {
            store().create(key, bytes("racer " + number));
            winner.set(number);
            winners.incrementAndGet();
        } catch (CoordinatorException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.OBJECT_EXISTS);
        }
    }

    private List<String> listAll(String prefix, int limit) {
        List<String> listed = new ArrayList<>();
        String last = "";
        while (true) {
            List<ObjectInfo> page = store().list(prefix, last, limit);
            page.forEach(info -> listed.add(info.key().value()));
            if (page.size() < limit) {
                return listed;
            }
            last = listed.get(listed.size() - 1);
        }
    }
}

package dev.tidemark.coordinator.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.key.ArchiveKey;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore.Operation;
import dev.tidemark.coordinator.archive.object.ObjectInfo;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.kvs.ErrorCode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class ArchiveTest {
    private final InMemoryObjectStore store = new InMemoryObjectStore();

    @Test
    void open_afterCreate_isTheSameArchive() {
        Archive created = Archive.create(store, SampleArchive.key(), SampleArchive.seams(1));

        Archive opened = Archive.open(store, SampleArchive.key(), SampleArchive.seams(2), created.id());

        assertThat(opened.header()).isEqualTo(created.header());
        assertThat(opened.header().createdAt()).isEqualTo(SampleArchive.NOW);
        assertThat(opened.header().chunkSizeBytes()).isEqualTo(1 << 20);
        assertThat(opened.header().probe()).contains("create-once-race");
    }

    @Test
    void create_twice_isRefused() {
        Archive.create(store, SampleArchive.key(), SampleArchive.seams(1));

        assertCode(ErrorCode.ARCHIVE_EXISTS, () -> Archive.create(store, SampleArchive.key(), SampleArchive.seams(2)));
    }

    @Test
    void create_afterOneThatCrashedAtAnyPoint_works() {
        for (int crashAt = 1; crashAt < 60; crashAt++) {
            InMemoryObjectStore crashing = new InMemoryObjectStore();
            int[] left = {crashAt};
            crashing.observe((operation, key, isDone) -> {
                if (operation == Operation.CREATE && left[0]-- <= 0) {
                    throw new IllegalStateException("crash");
                }
            });
            boolean hasCrashed = false;
            try {
                Archive.create(crashing, SampleArchive.key(), SampleArchive.seams(crashAt));
            } catch (IllegalStateException e) {
                hasCrashed = true;
            }
            crashing.observe((operation, key, isDone) -> {});
            if (hasCrashed && crashing.head(ArchiveHeader.KEY).isEmpty()) {
                Archive.create(crashing, SampleArchive.key(), SampleArchive.seams(1000 + crashAt));
            }

            Archive.open(crashing, SampleArchive.key(), SampleArchive.seams(1)).createNamespace("orders");
        }
    }

    @Test
    void open_nothingThere_isRefused() {
        assertCode(ErrorCode.ARCHIVE_NOT_FOUND, () -> Archive.open(store, SampleArchive.key(), SampleArchive.seams(1)));
    }

    @Test
    void open_wrongKey_isRefused() {
        ArchiveKey passphrase = ArchiveKey.passphrase("right".toCharArray());
        Archive.create(store, passphrase, SampleArchive.seams(1));

        Archive.open(store, ArchiveKey.passphrase("right".toCharArray()), SampleArchive.seams(1));
        assertCode(
                ErrorCode.WRONG_KEY,
                () -> Archive.open(store, ArchiveKey.passphrase("wrong".toCharArray()), SampleArchive.seams(1)));
        assertCode(ErrorCode.WRONG_KEY, () -> Archive.open(store, SampleArchive.key(), SampleArchive.seams(1)));
    }

    @Test
    void open_anotherArchiveThanExpected_isRefused() {
        Archive.create(store, SampleArchive.key(), SampleArchive.seams(1));

        assertCode(
                ErrorCode.ARCHIVE_MISMATCH,
                () -> Archive.open(store, SampleArchive.key(), SampleArchive.seams(1), "0".repeat(32)));
    }

    @Test
    void open_headerOfALaterVersion_isRefused() {
        Archive.create(store, SampleArchive.key(), SampleArchive.seams(1));
        store.damage(ArchiveHeader.KEY, content -> text(content)
                .replace("\"format\":1", "\"format\":2,\"new\":[]")
                .getBytes(StandardCharsets.UTF_8));

        assertCode(
                ErrorCode.UNKNOWN_FORMAT_VERSION,
                () -> Archive.open(store, SampleArchive.key(), SampleArchive.seams(1)));
    }

    @Test
    void open_anyByteOfHeaderSlotOrKeyChanged_isFound() {
        SampleArchive.create(store, "orders");

        for (ObjectInfo info : store.list("", "", 100)) {
            byte[] original = store.read(info.key());
            for (int i = 0; i < original.length; i++) {
                int at = i;
                store.damage(info.key(), content -> {
                    content[at] ^= 1;
                    return content;
                });
                assertThatThrownBy(() -> SampleArchive.open(store, "orders"))
                        .as("%s byte %d", info.key(), i)
                        .isInstanceOf(CoordinatorException.class);
                store.damage(info.key(), content -> original);
            }
        }
        SampleArchive.open(store, "orders");
    }

    @Test
    void open_headerWithAnotherPublicKey_isFound() {
        ArchiveHeader own = Archive.create(store, SampleArchive.key(), SampleArchive.seams(1))
                .header();
        InMemoryObjectStore other = new InMemoryObjectStore();
        ArchiveHeader foreign = Archive.create(other, SampleArchive.key(), SampleArchive.seams(9))
                .header();
        store.damage(ArchiveHeader.KEY, content -> text(content)
                .replace(own.signingPublicKey(), foreign.signingPublicKey())
                .replace(own.signingKeyId(), foreign.signingKeyId())
                .getBytes(StandardCharsets.UTF_8));

        assertThat(text(store.read(ArchiveHeader.KEY))).contains(foreign.signingKeyId());
        assertCode(ErrorCode.OBJECT_DAMAGED, () -> Archive.open(store, SampleArchive.key(), SampleArchive.seams(1)));
    }

    @Test
    void open_headerWithTheIdOfAnotherArchive_namesTheHeader() {
        String own = Archive.create(store, SampleArchive.key(), SampleArchive.seams(1))
                .id();
        store.damage(ArchiveHeader.KEY, content -> text(content)
                .replace(own, "0123456789abcdef".repeat(2))
                .getBytes(StandardCharsets.UTF_8));

        assertThatThrownBy(() -> Archive.open(store, SampleArchive.key(), SampleArchive.seams(1)))
                .isInstanceOfSatisfying(
                        CoordinatorException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OBJECT_DAMAGED))
                .hasMessageContaining(ArchiveHeader.KEY.value())
                .hasMessageContaining("keys/master/");
    }

    @Test
    void namespace_unknown_isRefusedAndNotCreated() {
        Archive archive = Archive.create(store, SampleArchive.key(), SampleArchive.seams(1));

        assertCode(ErrorCode.UNKNOWN_NAMESPACE, () -> archive.namespace("orders"));

        assertThat(archive.namespaces()).isEmpty();
    }

    @Test
    void namespaces_severalNames_areListedInTheOrderOfTheirKeys() {
        Archive archive = Archive.create(store, SampleArchive.key(), SampleArchive.seams(1));
        List.of("orders", "orders-2", "orders.x", "orders0", "a/b", "\u00fc").forEach(archive::createNamespace);
        archive.createNamespace("orders");

        assertThat(archive.namespaces())
                .containsExactlyInAnyOrder("orders", "orders-2", "orders.x", "orders0", "a/b", "\u00fc");
        assertThat(Archive.open(store, SampleArchive.key(), SampleArchive.seams(2))
                        .namespaces())
                .isEqualTo(archive.namespaces());
    }

    @Test
    void namespace_keysGone_isShreddedAndNotCreatedAnew() {
        Archive archive = Archive.create(store, SampleArchive.key(), SampleArchive.seams(1));
        NamespaceArchive namespace = archive.createNamespace("orders");
        namespace.documents().create(namespace.key("journal/op/00000001"), new byte[] {1});
        store.delete(namespace.layout().dataKey(1));

        assertCode(ErrorCode.KEY_DESTROYED, () -> archive.namespace("orders"));
        assertCode(ErrorCode.KEY_DESTROYED, () -> archive.createNamespace("orders"));
    }

    @Test
    void namespace_keyOfAnotherNamespace_isFound() {
        Archive archive = Archive.create(store, SampleArchive.key(), SampleArchive.seams(1));
        NamespaceArchive orders = archive.createNamespace("orders");
        NamespaceArchive stock = archive.createNamespace("stock");
        byte[] foreign = store.read(stock.layout().dataKey(1));
        store.damage(orders.layout().dataKey(1), content -> foreign);

        assertCode(ErrorCode.OBJECT_DAMAGED, () -> archive.namespace("orders"));
    }

    @Test
    void documents_createAndRead_areCreateOnceAndBoundToTheirKey() {
        NamespaceArchive archive = SampleArchive.create(store, "orders");
        ObjectKey first = archive.key("journal/op/00000001");
        ObjectKey second = archive.key("journal/op/00000002");

        archive.documents().create(first, "hello".getBytes(StandardCharsets.UTF_8));
        archive.documents().create(second, "other".getBytes(StandardCharsets.UTF_8));

        assertThat(text(SampleArchive.open(store, "orders").documents().read(first)))
                .isEqualTo("hello");
        assertCode(ErrorCode.OBJECT_EXISTS, () -> archive.documents().create(first, new byte[0]));
        assertThat(archive.listKeys("journal/", 10)).containsExactly(first, second);
        byte[] swapped = store.read(second);
        store.damage(first, content -> swapped);
        assertCode(ErrorCode.OBJECT_DAMAGED, () -> archive.documents().read(first));
        assertCode(ErrorCode.OBJECT_MISSING, () -> archive.documents().read(archive.key("journal/op/00000003")));
        assertThat(text(store.read(second))).doesNotContain("other");
    }

    @Test
    void open_hostileSlots_areNotTriedForever() {
        Archive archive = Archive.create(store, SampleArchive.key(), SampleArchive.seams(1));
        for (int i = 0; i < 50; i++) {
            store.create(new ObjectKey("keys/master/" + i + ".json"), ByteBuffer.wrap(new byte[] {'{'}));
        }

        assertThat(Archive.open(store, SampleArchive.key(), SampleArchive.seams(1))
                        .id())
                .isEqualTo(archive.id());
    }

    private static String text(byte[] content) {
        return new String(content, StandardCharsets.UTF_8);
    }

    private static void assertCode(ErrorCode code, ThrowingCallable action) {
        assertThatThrownBy(action).isInstanceOfSatisfying(CoordinatorException.class, e -> assertThat(e.code())
                .as(e.getMessage())
                .isEqualTo(code));
    }
}

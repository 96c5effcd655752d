package dev.tidemark.coordinator.archive.records;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore.Operation;
import dev.tidemark.coordinator.archive.object.ObjectInfo;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.kvs.ErrorCode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RecordedViewTest {
    private final InMemoryObjectStore past = new InMemoryObjectStore();
    private final InMemoryObjectStore records = new InMemoryObjectStore();
    private final ObjectStore view = new RecordedView(past, records);

    @BeforeEach
    void fillThePast() {
        past.create(key("ns/a/lock/0000000001"), bytes("old"));
        past.create(key("ns/a/manifests/b-1"), bytes("manifest"));
        past.observe((operation, key, isDone) -> {
            if (operation == Operation.CREATE || operation == Operation.DELETE) {
                throw new CoordinatorException(ErrorCode.ARCHIVE_READ_ONLY, "read-only: " + key, "");
            }
        });
    }

    @Test
    void create_aRecord_goesToTheRecordsAndIsSeen() {
        ObjectKey key = key("ns/a/journal/op/00000001");

        view.create(key, bytes("record"));

        assertThat(view.read(key)).isEqualTo("record".getBytes(StandardCharsets.UTF_8));
        assertThat(view.read(key, ByteBuffer.allocate(10))).isEqualTo(bytes("record"));
        assertThat(view.read(key, 2, 2)).isEqualTo("co".getBytes(StandardCharsets.UTF_8));
        assertThat(view.head(key)).contains(new ObjectInfo(key, 6));
        view.confirm(key);
        assertCode(ErrorCode.OBJECT_EXISTS, () -> view.create(key, bytes("record")));
        view.createOrConfirm(key, bytes("record"));
        view.delete(key);
        assertThat(view.head(key)).isEmpty();
        assertThat(records.list("", "", 10)).isEmpty();
    }

    @Test
    void change_ofThePast_isRefused() {
        ObjectKey old = key("ns/a/lock/0000000001");
        ObjectKey manifest = key("ns/a/manifests/b-1");

        assertCode(ErrorCode.OBJECT_EXISTS, () -> view.create(old, bytes("new")));
        assertCode(ErrorCode.OBJECT_EXISTS, () -> view.createOrConfirm(old, bytes("new")));
        assertCode(ErrorCode.OBJECT_LOCKED, () -> view.delete(old));
        assertCode(ErrorCode.ARCHIVE_READ_ONLY, () -> view.delete(manifest));
        for (String other : List.of("ns/a/manifests/b-2", "ns/a/packs/00/x", "ns/a/lock", "lock/1", "ns/a/b/lock/1")) {
            assertCode(ErrorCode.ARCHIVE_READ_ONLY, () -> view.create(key(other), bytes("new")));
        }
        view.confirm(manifest);
        assertThat(records.list("", "", 10)).isEmpty();
        assertThat(view.read(old)).isEqualTo("old".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void list_pageByPage_hasBothInOrder() {
        for (String name : List.of("ns/a/lock/0000000002", "ns/a/lock/0000000003", "ns/a/journal/op/00000001")) {
            view.create(key(name), bytes("x"));
        }
        records.create(key("ns/a/packs/00/left-over"), bytes("x"));
        List<String> expected = List.of(
                "ns/a/journal/op/00000001",
                "ns/a/lock/0000000001",
                "ns/a/lock/0000000002",
                "ns/a/lock/0000000003",
                "ns/a/manifests/b-1");

        for (int limit = 1; limit <= 6; limit++) {
            List<String> listed = new ArrayList<>();
            String last = "";
            for (List<ObjectInfo> page = view.list("ns/", last, limit);
                    !page.isEmpty();
                    page = view.list("ns/", last, limit)) {
                assertThat(page).hasSizeLessThanOrEqualTo(limit);
                page.forEach(info -> listed.add(info.key().value()));
                last = listed.get(listed.size() - 1);
            }
            assertThat(listed).isEqualTo(expected);
        }
        assertThat(view.list("ns/a/lock/", "ns/a/lock/0000000002", 10)).hasSize(1);
    }

    private static ObjectKey key(String value) {
        return new ObjectKey(value);
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void assertCode(ErrorCode code, ThrowableAssert.ThrowingCallable action) {
        assertThatThrownBy(action).isInstanceOfSatisfying(CoordinatorException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }
}

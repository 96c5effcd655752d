package dev.tidemark.coordinator.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.SampleArchive;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore.Operation;
import dev.tidemark.coordinator.archive.object.ObjectInfo;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.kvs.ErrorCode;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnnotationsTest {
    private final InMemoryObjectStore store = new InMemoryObjectStore();
    private final NamespaceArchive archive = SampleArchive.create(store, "orders");
    private final Annotations annotations = new Annotations(archive);

    @BeforeEach
    void backup() {
        SampleArchive.backup(archive, "b-1", Map.of("f", new byte[] {1}));
    }

    @Test
    void change_addsChangesAndTakesAway_oneObjectStays() {
        assertThat(annotations.of("b-1")).isEmpty();
        annotations.change("b-1", Map.of("ticket", "17", "state", "good"));

        assertThat(annotations.change("b-1", Map.of("ticket", "18", "state", "")))
                .containsExactly(Map.entry("ticket", "18"));

        assertThat(new Annotations(archive).of("b-1")).containsExactly(Map.entry("ticket", "18"));
        assertThat(objects()).containsExactly(archive.key("annotations/b-1/00000002"));
        annotations.remove("b-1");
        assertThat(objects()).isEmpty();
    }

    /** Another process changes something else right before this one writes, or right after. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void change_twoAtTheSameTime_bothAreMade(boolean after) {
        AtomicInteger writes = new AtomicInteger();
        store.observe((operation, key, isDone) -> {
            boolean isAnnotation = key.contains("/annotations/");
            if (operation == Operation.CREATE && isAnnotation && isDone == after && writes.incrementAndGet() == 1) {
                new Annotations(archive).change("b-1", Map.of("other", "2"));
            }
        });

        annotations.change("b-1", Map.of("one", "1"));

        assertThat(annotations.of("b-1")).containsOnlyKeys("one", "other");
    }

    /** This one has listed what is there, then others make two changes and remove the first: the number that it takes is free. */
    @Test
    void change_othersAreTwoAhead_isNotLost() {
        annotations.change("b-1", Map.of("first", "1"));
        AtomicInteger reads = new AtomicInteger();
        store.observe((operation, key, isDone) -> {
            boolean isAnnotation = key.contains("/annotations/");
            if (operation == Operation.CREATE && isAnnotation && !isDone && reads.incrementAndGet() == 1) {
                new Annotations(archive).change("b-1", Map.of("second", "2"));
                new Annotations(archive).change("b-1", Map.of("third", "3"));
            }
        });

        annotations.change("b-1", Map.of("mine", "4"));

        assertThat(annotations.of("b-1")).containsOnlyKeys("first", "second", "third", "mine");
    }

    @Test
    void change_credentialsThatCanNotDelete_oldOnesStayAndDoNotCount() {
        annotations.change("b-1", Map.of("ticket", "17"));
        store.failNext(Operation.DELETE, new CoordinatorException(ErrorCode.ARCHIVE_ACCESS_DENIED, "denied", "Ask."));

        annotations.change("b-1", Map.of("ticket", "18"));

        assertThat(objects()).hasSize(2);
        assertThat(annotations.of("b-1")).containsExactly(Map.entry("ticket", "18"));
    }

    @Test
    void change_unknownBackupOrTextWithLineBreak_isRefused() {
        assertCode(ErrorCode.UNKNOWN_BACKUP, () -> annotations.change("b-2", Map.of("a", "1")));
        assertCode(ErrorCode.INVALID_INPUT, () -> annotations.change("b-1", Map.of("a", "1\n2")));
        assertThat(objects()).isEmpty();
    }

    @Test
    void of_objectOfAnotherBackupOrDamaged_isRefused() {
        SampleArchive.backup(archive, "b-2", Map.of("f", new byte[] {2}));
        annotations.change("b-1", Map.of("a", "1"));
        annotations.change("b-2", Map.of("a", "2"));
        byte[] other = store.read(archive.key("annotations/b-2/00000001"));

        store.damage(archive.key("annotations/b-1/00000001"), content -> other);

        assertCode(ErrorCode.OBJECT_DAMAGED, () -> annotations.of("b-1"));
    }

    private List<ObjectKey> objects() {
        return store.list(archive.layout().prefix() + "annotations/", "", 1000).stream()
                .map(ObjectInfo::key)
                .toList();
    }

    private static void assertCode(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(CoordinatorException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }
}

package dev.tidemark.coordinator.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.key.ArchiveKey;
import dev.tidemark.coordinator.archive.key.Role;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore.Operation;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.kvs.ErrorCode;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** H1: who can open an archive, what a reader's key is good for, and what can't be taken away. */
@Execution(ExecutionMode.CONCURRENT)
class ArchiveKeysTest {
    private static final byte[] OTHER = SampleArchive.randomBytes(3, 40);

    private final InMemoryObjectStore store = new InMemoryObjectStore();
    private final Archive archive = Archive.create(store, SampleArchive.key(), SampleArchive.seams(1));

    @Test
    void add_writer_opensTheArchiveAndSigns() {
        add("second", Role.WRITER);

        Archive opened = open(OTHER);

        assertThat(opened.id()).isEqualTo(archive.id());
        SampleArchive.backup(opened.createNamespace("orders"), "b-1", Map.of("f", new byte[] {1}));
        assertThat(archive.manifests("orders").backupIds()).containsExactly("b-1");
    }

    @Test
    void add_reader_readsEverythingAndSignsNothing() {
        NamespaceArchive written = archive.createNamespace("orders");
        SampleArchive.backup(written, "b-1", Map.of("f", new byte[] {1, 2}));
        add("restore host", Role.READER);

        Archive reader = open(OTHER);
        NamespaceArchive namespace = reader.namespace("orders");

        assertThat(SampleArchive.restore(namespace, "b-1").get("f")).containsExactly(1, 2);
        assertThat(reader.signer().canSign()).isFalse();
        int objects = store.list("", "", 1000).size();
        assertCode(ErrorCode.READ_ONLY_KEY, () -> namespace.manifests().abandon("b-2"));
        assertCode(ErrorCode.READ_ONLY_KEY, () -> reader.keys().prepare(SampleArchive.key(), "x", Role.READER));
        assertCode(ErrorCode.READ_ONLY_KEY, () -> reader.keys().remove("first", true));
        assertThat(store.list("", "", 1000)).hasSize(objects);
    }

    @Test
    void list_severalSlots_saysWhichIsWhich() {
        add("restore host", Role.READER);

        assertThat(open(OTHER).keys().list().slots())
                .extracting(
                        KeySlotList.Slot::label,
                        KeySlotList.Slot::role,
                        KeySlotList.Slot::kind,
                        KeySlotList.Slot::isInUse,
                        KeySlotList.Slot::createdAt)
                .containsExactlyInAnyOrder(
                        tuple("first", Role.WRITER, "key-file", false, SampleArchive.NOW),
                        tuple("restore host", Role.READER, "key-file", true, SampleArchive.NOW));
    }

    @Test
    void list_anyByteOfAnotherSlotChanged_saysThatItIsDamaged() {
        KeySlotList.Slot added = add("restore host", Role.READER);
        ObjectKey key = KeySlots.objectKey(added.slot());
        byte[] original = store.read(key);

        for (int i = 0; i < original.length; i++) {
            int at = i;
            store.damage(key, content -> {
                content[at] ^= 1;
                return content;
            });
            KeySlotList list = archive.keys().list();
            assertThat(list.slots())
                    .as("byte %d", i)
                    .extracting(KeySlotList.Slot::label)
                    .containsExactly("first");
            store.damage(key, content -> original);
        }
        assertThat(archive.keys().list().damaged()).isEmpty();
    }

    @Test
    void list_slotWithTheContentOfAnother_saysThatItIsDamaged() {
        ObjectKey key = KeySlots.objectKey(add("restore host", Role.READER).slot());
        ObjectKey other = KeySlots.objectKey(add("auditor", Role.READER).slot());
        byte[] content = store.read(other);

        store.damage(key, before -> content);

        KeySlotList list = archive.keys().list();
        assertThat(list.slots()).extracting(KeySlotList.Slot::label).containsExactlyInAnyOrder("first", "auditor");
        assertThat(list.damaged())
                .extracting(KeySlotList.Damaged::message)
                .anyMatch(text -> text.contains(key.value()));
    }

    @Test
    void remove_oldAfterNewWasAdded_rotatesTheKey() {
        add("new", Role.WRITER);

        open(OTHER).keys().remove("first", false);

        assertCode(ErrorCode.WRONG_KEY, () -> Archive.open(store, SampleArchive.key(), SampleArchive.seams(2)));
        assertThat(open(OTHER).keys().list().slots()).hasSize(1);
    }

    @Test
    void remove_lastWriter_isRefusedEvenByForce() {
        add("restore host", Role.READER);

        assertCode(ErrorCode.NOT_ALLOWED_NOW, () -> archive.keys().remove("first", true));
        assertThat(archive.keys().list().slots()).hasSize(2);
    }

    @Test
    void remove_twoWritersAtTheSameTime_oneStays() {
        KeySlotList.Slot second = add("second", Role.WRITER);
        Archive other = open(OTHER);
        AtomicBoolean isFirst = new AtomicBoolean(true);
        store.observe((operation, key, isDone) -> {
            if (operation == Operation.DELETE && !isDone && isFirst.compareAndSet(true, false)) {
                other.keys().remove("first", false);
            }
        });

        assertCode(ErrorCode.NOT_ALLOWED_NOW, () -> archive.keys().remove(second.slot(), false));

        assertThat(open(OTHER).keys().list().slots()).hasSize(1);
    }

    @Test
    void remove_slotInUse_isRefusedWithoutForce() {
        add("second", Role.WRITER);

        assertCode(ErrorCode.NOT_ALLOWED_NOW, () -> archive.keys().remove("first", false));
        archive.keys().remove("first", true);

        assertThat(open(OTHER).keys().list().slots()).hasSize(1);
    }

    @Test
    void remove_unknownName_isRefused() {
        assertCode(ErrorCode.INVALID_INPUT, () -> archive.keys().remove("nobody", true));
    }

    @Test
    void prepare_labelInUseOrUnprintable_isRefusedAndNothingIsWritten() {
        ArchiveKey key = ArchiveKey.keyFile(OTHER);

        assertCode(ErrorCode.INVALID_INPUT, () -> archive.keys().prepare(key, "first", Role.READER));
        assertCode(ErrorCode.INVALID_INPUT, () -> archive.keys().prepare(key, "a\nb", Role.READER));
        archive.keys().prepare(key, "only prepared", Role.READER);

        assertThat(archive.keys().list().slots()).hasSize(1);
    }

    @Test
    void remove_damagedSlot_canBeRemovedByItsId() {
        KeySlotList.Slot added = add("restore host", Role.READER);
        store.damage(KeySlots.objectKey(added.slot()), content -> new byte[] {'{'});

        archive.keys().remove(added.slot(), false);

        assertThat(archive.keys().list().damaged()).isEmpty();
    }

    private KeySlotList.Slot add(String label, Role role) {
        return archive.keys().add(archive.keys().prepare(ArchiveKey.keyFile(OTHER), label, role));
    }

    private Archive open(byte[] keyFile) {
        return Archive.open(store, ArchiveKey.keyFile(keyFile), SampleArchive.seams(2));
    }

    private static void assertCode(ErrorCode code, ThrowingCallable action) {
        assertThatThrownBy(action).isInstanceOfSatisfying(CoordinatorException.class, e -> assertThat(e.code())
                .as(e.getMessage())
                .isEqualTo(code));
    }
}

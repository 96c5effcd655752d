package dev.tidemark.timestamp.bound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.TimestampException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileBoundStoreTest extends BoundStoreContract {
    private static final int SLOT = BoundSlot.SIZE_BYTES;

    @TempDir
    private Path directory;

    @Override
    BoundStore open() {
        return FileBoundStore.open(directory);
    }

    @Override
    BoundStore reopen(BoundStore closed) {
        return open();
    }

    @Test
    void open_secondTimeInOneProcess_isRefusedAndLeavesTheFirstLocked() {
        assertFails(ErrorCode.BOUND_STORE_IN_USE, () -> FileBoundStore.open(directory));
        assertFails(ErrorCode.BOUND_STORE_IN_USE, () -> FileBoundStore.open(directory));

        assertThat(store().create("orders")).isEqualTo(BoundState.INITIAL);
    }

    @Test
    void open_directoryOfAnotherProcess_namesThatProcess() {
        assertThatThrownBy(() -> FileBoundStore.open(directory.resolve(".")))
                .hasMessageContaining("process " + ProcessHandle.current().pid());
    }

    @Test
    void open_fileInPlaceOfDirectory_isUnavailable() throws IOException {
        Path file = Files.createFile(directory.resolve("plain"));

        assertFails(ErrorCode.ORACLE_UNAVAILABLE, () -> FileBoundStore.open(file));
    }

    @Test
    void open_missingDirectories_makesEachNameDurableBeforeTheNext() throws IOException {
        RecordingOpener opener = new RecordingOpener();
        Path place = directory.resolve("a/b/data");

        FileBoundStore.open(place, opener).close();

        assertThat(opener.forced.stream().distinct())
                .containsExactly(
                        directory.getParent(),
                        directory,
                        directory.resolve("a"),
                        directory.resolve("a/b"),
                        place,
                        place.resolve("namespaces"));
        opener.forced.clear();
        FileBoundStore.open(place, opener).close();
        assertThat(opener.forced).containsExactly(directory.resolve("a/b"), place, place.resolve("namespaces"));
    }

    @Test
    void create_nameNotDurableAtFirst_isUnavailableUntilItIs() {
        RecordingOpener opener = new RecordingOpener();
        Path place = directory.resolve("data");
        try (FileBoundStore other = FileBoundStore.open(place, opener)) {
            opener.failing = place.resolve("namespaces");
            assertFails(ErrorCode.ORACLE_UNAVAILABLE, () -> other.create("orders"));
            assertFails(ErrorCode.ORACLE_UNAVAILABLE, () -> other.create("orders"));
            opener.failing = null;
            opener.forced.clear();

            assertThat(other.create("orders")).isEqualTo(BoundState.INITIAL);

            assertThat(opener.forced).containsExactly(place.resolve("namespaces"));
        }
    }

    @Test
    void open_holderCannotBeWritten_leavesTheDirectoryFree() throws IOException {
        Path place = Files.createDirectory(directory.resolve("data"));
        Files.createDirectory(place.resolve("holder"));

        assertFails(ErrorCode.ORACLE_UNAVAILABLE, () -> FileBoundStore.open(place));
        assertThat(openDescriptorsOf(place.resolve("lock"))).isEmpty();

        Files.delete(place.resolve("holder"));
        FileBoundStore.open(place).close();
    }

    @Test
    void close_holderCannotBeRemoved_leavesTheDirectoryFree() throws IOException {
        Path place = directory.resolve("data");
        FileBoundStore other = FileBoundStore.open(place);
        Files.delete(place.resolve("holder"));
        Files.createDirectories(place.resolve("holder/in-the-way"));

        other.close();

        Files.delete(place.resolve("holder/in-the-way"));
        Files.delete(place.resolve("holder"));
        FileBoundStore.open(place).close();
    }

    private static List<Path> openDescriptorsOf(Path file) throws IOException {
        List<Path> found = new ArrayList<>();
        try (var descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors) {
                try {
                    if (Files.readSymbolicLink(descriptor).equals(file.toRealPath())) {
                        found.add(descriptor);
                    }
                } catch (NoSuchFileException e) {
                    // The descriptor of this listing, or one that was closed meanwhile.
                }
            }
        }
        return found;
    }

    @Test
    void create_interruptedCreation_isDoneAgain() throws IOException {
        Path creating = Files.createDirectories(directory.resolve("namespaces/.creating-orders"));
        Files.write(creating.resolve("bound"), new byte[] {1, 2, 3});

        assertThat(store().namespaces()).isEmpty();
        assertThat(store().create("orders")).isEqualTo(BoundState.INITIAL);
        assertThat(creating).doesNotExist();
    }

    @Test
    void create_directoryWithoutBoundFile_isDamagedAndNotNew() throws IOException {
        Files.createDirectories(directory.resolve("namespaces/orders"));

        assertFails(ErrorCode.BOUND_STORE_DAMAGED, () -> store().create("orders"));
        assertFails(ErrorCode.BOUND_STORE_DAMAGED, () -> store().read("orders"));
    }

    @Test
    void compareAndSet_deletedDirectory_isDamaged() throws IOException {
        store().create("orders");
        Files.delete(boundFile("orders"));

        assertFails(ErrorCode.BOUND_STORE_DAMAGED, () -> advance("orders", BoundState.INITIAL, 5));
        assertThat(boundFile("orders")).doesNotExist();
    }

    @Test
    void compareAndSet_fileReplacedByOlderCopy_isNoticed() throws IOException {
        store().create("orders");
        byte[] old = Files.readAllBytes(boundFile("orders"));
        BoundState state = advance("orders", BoundState.INITIAL, 1_000_000);
        Path copy = Files.write(directory.resolve("copy"), old);
        Files.move(copy, boundFile("orders"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);

        assertFails(ErrorCode.BOUND_STORE_IN_USE, () -> advance("orders", state, 2_000_000));
    }

    @Test
    void read_fileOfAnotherNamespace_isDamaged() throws IOException {
        store().create("orders");
        store().create("stock");
        advance("orders", BoundState.INITIAL, 9);
        Files.copy(boundFile("stock"), boundFile("orders"), java.nio.file.StandardCopyOption.REPLACE_EXISTING);

        assertFails(ErrorCode.BOUND_STORE_DAMAGED, () -> store().read("orders"));
    }

    @Test
    void read_newerFormatVersion_isRefusedWhereverItIs() throws IOException {
        for (int slot = 0; slot < 2; slot++) {
            String namespace = "orders-" + slot;
            store().create(namespace);
            byte[] bytes = Files.readAllBytes(boundFile(namespace));
            ByteBuffer record = ByteBuffer.wrap(bytes, slot * SLOT, SLOT).slice();
            record.putInt(8, 2);
            CRC32C checksum = new CRC32C();
            checksum.update(bytes, slot * SLOT, SLOT - 4);
            record.putInt(SLOT - 4, (int) checksum.getValue());
            Files.write(boundFile(namespace), bytes);

            assertFails(ErrorCode.UNKNOWN_FORMAT_VERSION, () -> store().read(namespace));
        }
    }

    @Test
    void read_bytesAfterTheEnd_isDamaged() throws IOException {
        store().create("orders");
        Files.write(boundFile("orders"), new byte[] {0}, StandardOpenOption.APPEND);

        assertFails(ErrorCode.BOUND_STORE_DAMAGED, () -> store().read("orders"));
    }

    @Test
    void read_contradictingSlots_isDamaged() throws IOException {
        store().create("orders");
        byte[] old = Files.readAllBytes(boundFile("orders"));
        BoundState state = advance("orders", BoundState.INITIAL, 10);
        byte[] afterFirst = Files.readAllBytes(boundFile("orders"));
        advance("orders", state, 20);
        byte[] afterSecond = Files.readAllBytes(boundFile("orders"));

        // The first slot fell back by one write, the second by two: no interrupted write leaves either behind.
        assertDamaged(splice(afterFirst, afterSecond));
        assertDamaged(splice(afterSecond, old));
        // The second slot alone is one write behind: the write of the first was not acknowledged.
        Files.write(boundFile("orders"), splice(afterSecond, afterFirst));
        assertThat(store().read("orders").bound()).isEqualTo(20);
        assertThat(Files.readAllBytes(boundFile("orders"))).isEqualTo(afterSecond);
    }

    @Test
    void read_damagedSlot_isRepairedFromTheOther() throws IOException {
        store().create("orders");
        advance("orders", BoundState.INITIAL, 10);
        byte[] whole = Files.readAllBytes(boundFile("orders"));
        for (int slot = 0; slot < 2; slot++) {
            byte[] damaged = whole.clone();
            damaged[slot * SLOT + 30] ^= 1;
            Files.write(boundFile("orders"), damaged);

            assertThat(store().read("orders").bound()).isEqualTo(10);
            assertThat(Files.readAllBytes(boundFile("orders"))).isEqualTo(whole);
        }
    }

    @Test
    void read_interruptedThread_doesNotBreakTheStore() {
        store().create("orders");

        Thread.currentThread().interrupt();
        try {
            advance("orders", BoundState.INITIAL, 5);
            assertThat(store().read("orders").bound()).isEqualTo(5);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void error_damagedFile_tellsWhatToDo() throws IOException {
        store().create("orders");
        Files.write(boundFile("orders"), new byte[2 * SLOT]);

        assertThatThrownBy(() -> store().read("orders")).isInstanceOfSatisfying(TimestampException.class, e -> {
            assertThat(e.getMessage())
                    .contains("'orders'")
                    .contains(boundFile("orders").toString());
            assertThat(e.hint()).contains("fast-forward");
        });
    }

    private void assertDamaged(byte[] content) throws IOException {
        Files.write(boundFile("orders"), content);
        assertFails(ErrorCode.BOUND_STORE_DAMAGED, () -> store().read("orders"));
        assertThat(Files.readAllBytes(boundFile("orders"))).isEqualTo(content);
    }

    private static byte[] splice(byte[] first, byte[] second) {
        byte[] spliced = first.clone();
        System.arraycopy(second, SLOT, spliced, SLOT, SLOT);
        return spliced;
    }

    private BoundState advance(String namespace, BoundState from, long bound) {
        BoundState next = from.withBound(bound);
        store().compareAndSet(namespace, from, next);
        return next;
    }

    private Path boundFile(String namespace) {
        return directory.resolve("namespaces").resolve(namespace).resolve("bound");
    }

    /** Writes down which directories were forced, and can fail. */
    private static final class RecordingOpener implements BlockFile.Opener {
        private final List<Path> forced = new ArrayList<>();
        private Path failing;

        @Override
        public BlockFile open(Path file) throws IOException {
            return BlockFile.Opener.system().open(file);
        }

        @Override
        public void forceDirectory(Path directory) throws IOException {
            if (directory.equals(failing)) {
                throw new IOException("input/output error");
            }
            if (!directory.getFileName().toString().startsWith(".creating-")) {
                forced.add(directory);
            }
        }
    }
}

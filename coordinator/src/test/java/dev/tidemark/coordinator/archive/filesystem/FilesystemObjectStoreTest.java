package dev.tidemark.coordinator.archive.filesystem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.coordinator.archive.object.ObjectStoreContract;
import dev.tidemark.kvs.ErrorCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilesystemObjectStoreTest extends ObjectStoreContract {
    @TempDir
    private Path folder;

    private FilesystemObjectStore store;

    @Override
    protected ObjectStore store() {
        if (store == null) {
            store = open();
        }
        return store;
    }

    @Test
    void read_directoryThatDoesNotExist_isMissingAndCreatesNothing() {
        ObjectStore other = FilesystemObjectStore.open(folder.resolve("none"), new Random(1));

        assertCode(ErrorCode.OBJECT_MISSING, () -> other.read(key("a")));

        assertThat(other.list("", "", 10)).isEmpty();
        assertThat(folder.resolve("none")).doesNotExist();
    }

    @Test
    void create_leftoversOfACrash_areRemovedByTheNextWriter() throws IOException {
        Files.createDirectories(root().resolve("tmp"));
        Files.writeString(root().resolve("tmp/left"), "half");

        store().create(key("a"), bytes("x"));

        assertThat(temporaryFiles()).isEmpty();
    }

    @Test
    void create_fileOfALivingWriter_isLeftAlone() throws IOException {
        Files.createDirectories(root().resolve("tmp"));
        Path busy = root().resolve("tmp/busy");
        try (FileChannel channel = FileChannel.open(busy, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.lock();

            store().create(key("a"), bytes("x"));

            assertThat(busy).exists();
        }
    }

    @Test
    void create_diskFull_isRefusedAndLeavesNothing() throws IOException {
        ObjectStore full = new FilesystemObjectStore(
                root(),
                new Random(1),
                (channel, content) -> {
                    channel.write(content.limit(1));
                    throw new IOException("No space left on device");
                },
                FileTree::force);

        assertCode(ErrorCode.DISK_FULL, () -> full.create(key("a/b"), bytes("content")));

        assertThat(temporaryFiles()).isEmpty();
        assertThat(full.head(key("a/b"))).isEmpty();
    }

    @Test
    void create_temporaryFileVanishes_isTriedAgain() throws IOException {
        boolean[] isFirst = {true};
        ObjectStore unlucky = new FilesystemObjectStore(
                root(),
                new Random(1),
                (channel, content) -> {
                    channel.write(content);
                    if (isFirst[0]) {
                        isFirst[0] = false;
                        Files.delete(onlyTemporaryFile());
                    }
                },
                FileTree::force);

        unlucky.create(key("a"), bytes("content"));

        assertThat(unlucky.read(key("a"))).hasSize(7);
        assertThat(temporaryFiles()).isEmpty();
    }

    @Test
    void create_inFoldersThatAreNotThere_makesEachLevelDurable() {
        Path deep = folder.resolve("one/two/archive");
        List<Path> synced = new ArrayList<>();

        recording(deep, synced).create(key("ns/orders/a"), bytes("x"));

        assertThat(synced)
                .contains(
                        folder,
                        folder.resolve("one"),
                        folder.resolve("one/two"),
                        deep,
                        deep.resolve("ns"),
                        deep.resolve("ns/orders"));
    }

    @Test
    void create_inFoldersThatAnotherProcessLeft_makesThemDurableOnce() throws IOException {
        Path deep = folder.resolve("one/two/archive");
        Files.createDirectories(deep.resolve("ns/orders"));
        List<Path> synced = new ArrayList<>();
        ObjectStore later = recording(deep, synced);

        later.create(key("ns/orders/a"), bytes("x"));

        assertThat(synced).contains(folder, folder.resolve("one"), folder.resolve("one/two"), deep, deep.resolve("ns"));
        synced.clear();
        later.create(key("ns/orders/b"), bytes("x"));
        assertThat(synced).containsExactly(deep.resolve("ns/orders"));
    }

    private static ObjectStore recording(Path root, List<Path> synced) {
        return new FilesystemObjectStore(root, new Random(1), (channel, content) -> channel.write(content), path -> {
            synced.add(path);
            FileTree.force(path);
        });
    }

    @Test
    void read_symbolicLinkToAFile_isRefused() throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), "secret");
        Files.createDirectories(root());
        Files.createSymbolicLink(root().resolve("link"), secret);

        assertCode(ErrorCode.OBJECT_DAMAGED, () -> store().read(key("link")));
        assertCode(ErrorCode.OBJECT_DAMAGED, () -> store().head(key("link")));
        assertCode(ErrorCode.OBJECT_DAMAGED, () -> store().list("", "", 10));
        assertCode(ErrorCode.OBJECT_DAMAGED, () -> store().delete(key("link")));
        assertThat(secret).exists();
    }

    @Test
    void create_symbolicLinkToAFolder_isRefused() throws IOException {
        Path outside = Files.createDirectory(folder.resolve("outside"));
        Files.createDirectories(root());
        Files.createSymbolicLink(root().resolve("ns"), outside);

        assertCode(ErrorCode.OBJECT_DAMAGED, () -> store().create(key("ns/a"), bytes("x")));
        assertCode(ErrorCode.OBJECT_DAMAGED, () -> store().read(key("ns/a")));

        assertThat(outside).isEmptyDirectory();
    }

    @Test
    void list_foreignFiles_areNotSeen() throws IOException {
        store().create(key("a"), bytes("x"));
        Files.writeString(root().resolve("with space"), "x");
        Files.createDirectory(root().resolve("lost+found"));
        Files.writeString(root().resolve("lost+found/b"), "x");

        assertThat(store().list("", "", 10))
                .extracting(info -> info.key().value())
                .containsExactly("a");
    }

    @Test
    void create_twoStoresOnOneDirectory_shareIt() {
        ObjectStore other = open();
        store().create(key("a"), bytes("x"));

        assertCode(ErrorCode.OBJECT_EXISTS, () -> other.create(key("a"), bytes("y")));

        other.create(key("b"), bytes("y"));
        assertThat(store().list("", "", 10)).hasSize(2);
    }

    @Test
    void create_tooLarge_isRefused() {
        ByteBuffer large = ByteBuffer.allocate(ObjectStore.MAX_OBJECT_BYTES + 1);

        assertThatIllegalArgumentException().isThrownBy(() -> store().create(new ObjectKey("a"), large));
    }

    @Test
    void read_fileThatIsTooLarge_isRefusedWithoutReadingIt() throws IOException {
        Files.createDirectories(root());
        try (FileChannel channel =
                FileChannel.open(root().resolve("large"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.write(bytes("x"), 1L << 40);
        }

        assertCode(ErrorCode.OBJECT_DAMAGED, () -> store().read(key("large")));
    }

    private FilesystemObjectStore open() {
        return FilesystemObjectStore.open(root(), new Random(42));
    }

    private Path root() {
        return folder.resolve("archive");
    }

    private Path onlyTemporaryFile() throws IOException {
        try (Stream<Path> files = Files.list(root().resolve("tmp"))) {
            return files.findFirst().orElseThrow();
        }
    }

    private Path[] temporaryFiles() throws IOException {
        try (Stream<Path> files = Files.list(root().resolve("tmp"))) {
            return files.toArray(Path[]::new);
        }
    }
}

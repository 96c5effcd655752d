package dev.tidemark.kvs.files;

import static dev.tidemark.kvs.ErrorCode.STORE_UNAVAILABLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.files.DirectoryLock.Holder;
import dev.tidemark.kvs.files.DirectoryLock.Use;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryLockTest {
    @TempDir
    private Path root;

    /** To close any descriptor of the locked file would end the lock, which another thread may get at any moment. */
    @Test
    void holder_lockOfAnotherProcess_isNamedWithoutOpeningTheLockedFile() throws IOException {
        Files.writeString(root.resolve("holder"), "4711 serving\n");

        assertThat(root.resolve("lock")).doesNotExist();
        assertThat(DirectoryLock.holder(root)).isEqualTo(new Holder(4711, Use.SERVING));
    }

    @Test
    void tryAcquire_held_writesTheHolderBesideTheLockAndRemovesItAfterwards() throws IOException {
        try (DirectoryLock lock = DirectoryLock.tryAcquire(root, Use.PRIVATE).orElseThrow()) {
            assertThat(root.resolve("lock")).isEmptyFile();
            assertThat(root.resolve("holder"))
                    .hasContent(ProcessHandle.current().pid() + " private\n");
            assertThat(DirectoryLock.tryAcquire(root, Use.VISITING)).isEmpty();
        }
        assertThat(root.resolve("holder")).doesNotExist();
        assertThat(root.resolve("lock")).exists();
    }

    @Test
    void holder_unknownText_isAVisitor() throws IOException {
        assertThat(DirectoryLock.holder(root)).isEqualTo(new Holder(0, Use.VISITING));
        Files.writeString(root.resolve("holder"), "nonsense");
        assertThat(DirectoryLock.holder(root)).isEqualTo(new Holder(0, Use.VISITING));
    }

    @Test
    void tryAcquire_holderCannotBeWritten_leavesNoLock() throws IOException {
        Files.createDirectory(root.resolve("holder"));

        assertThatThrownBy(() -> DirectoryLock.tryAcquire(root, Use.PRIVATE))
                .isInstanceOfSatisfying(
                        KeyValueStoreException.class, e -> assertThat(e.code()).isEqualTo(STORE_UNAVAILABLE));

        Files.delete(root.resolve("holder"));
        DirectoryLock.tryAcquire(root, Use.PRIVATE).orElseThrow().close();
    }
}

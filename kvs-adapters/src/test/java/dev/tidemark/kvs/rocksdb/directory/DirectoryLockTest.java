package dev.tidemark.kvs.rocksdb.directory;

import static dev.tidemark.kvs.ErrorCode.STORE_UNAVAILABLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.rocksdb.directory.DirectoryLock.Holder;
import dev.tidemark.kvs.rocksdb.directory.DirectoryLock.Use;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryLockTest {
    @TempDir
    private Path root;

    private StoreDirectory directory;

    @BeforeEach
    void setUp() {
        directory = new StoreDirectory(root);
    }

    /** To close any descriptor of the locked file would end the lock, which another thread may get at any moment. */
    @Test
    void holder_lockOfAnotherProcess_isNamedWithoutOpeningTheLockedFile() throws IOException {
        Files.writeString(directory.holderFile(), "4711 serving\n");

        assertThat(directory.lockFile()).doesNotExist();
        assertThat(DirectoryLock.holder(directory)).isEqualTo(new Holder(4711, Use.SERVING));
    }

    @Test
    void tryAcquire_held_writesTheHolderBesideTheLockAndRemovesItAfterwards() throws IOException {
        try (DirectoryLock lock =
                DirectoryLock.tryAcquire(directory, Use.PRIVATE).orElseThrow()) {
            assertThat(directory.lockFile()).isEmptyFile();
            assertThat(directory.holderFile())
                    .hasContent(ProcessHandle.current().pid() + " private\n");
            assertThat(DirectoryLock.tryAcquire(directory, Use.VISITING)).isEmpty();
        }
        assertThat(directory.holderFile()).doesNotExist();
        assertThat(directory.lockFile()).exists();
    }

    @Test
    void holder_unknownText_isAVisitor() throws IOException {
        assertThat(DirectoryLock.holder(directory)).isEqualTo(new Holder(0, Use.VISITING));
        Files.writeString(directory.holderFile(), "nonsense");
        assertThat(DirectoryLock.holder(directory)).isEqualTo(new Holder(0, Use.VISITING));
    }

    @Test
    void tryAcquire_holderCannotBeWritten_leavesNoLock() throws IOException {
        Files.createDirectory(directory.holderFile());

        assertThatThrownBy(() -> DirectoryLock.tryAcquire(directory, Use.PRIVATE))
                .isInstanceOfSatisfying(
                        KeyValueStoreException.class, e -> assertThat(e.code()).isEqualTo(STORE_UNAVAILABLE));

        Files.delete(directory.holderFile());
        DirectoryLock.tryAcquire(directory, Use.PRIVATE).orElseThrow().close();
    }
}

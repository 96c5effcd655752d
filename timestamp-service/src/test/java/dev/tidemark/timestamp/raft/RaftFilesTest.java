package dev.tidemark.timestamp.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.bound.BoundState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.apache.ratis.server.protocol.TermIndex;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of our own format: damaged ones are refused. */
class RaftFilesTest {
    @TempDir
    private Path directory;

    @Test
    void snapshot_written_isRead() throws IOException {
        Path file = snapshot();

        assertThat(SnapshotFile.read(file).place()).isEqualTo(TermIndex.valueOf(3, 42));
        assertThat(directory.toFile().list()).containsExactly("snapshot.3_42");
    }

    @Test
    void snapshot_anyBitFlipped_isRefused() throws IOException {
        Path file = snapshot();

        assertEveryFlipIsRefused(file, () -> SnapshotFile.read(file));
    }

    @Test
    void snapshot_cutAnywhere_isRefused() throws IOException {
        Path file = snapshot();

        assertEveryCutIsRefused(file, () -> SnapshotFile.read(file));
    }

    @Test
    void snapshot_ofAnotherVersion_isToldFromADamagedOne() throws IOException {
        Path file = snapshot();
        byte[] bytes = Files.readAllBytes(file);
        bytes[11] = 2;
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, 0, bytes.length - 4);
        byte[] sum = WireWriter.inMemory().int32((int) checksum.getValue()).toBytes();
        System.arraycopy(sum, 0, bytes, bytes.length - 4, 4);
        Files.write(file, bytes);

        assertFails(ErrorCode.UNKNOWN_FORMAT_VERSION, () -> SnapshotFile.read(file));
    }

    @Test
    void identity_writtenAndDamaged_isReadOrRefused() throws IOException {
        ServerIdentity identity = new ServerIdentity(new UUID(5, 6), "a", ServerIdentity.Stage.JOINING);
        assertThat(ServerIdentity.read(directory)).isEmpty();

        identity.write(directory);

        assertThat(ServerIdentity.read(directory)).contains(identity);
        assertEveryFlipIsRefused(directory.resolve("server"), () -> ServerIdentity.read(directory));
        assertEveryCutIsRefused(directory.resolve("server"), () -> ServerIdentity.read(directory));
    }

    @Test
    void watermark_raised_neverFalls() throws IOException {
        assertThat(Watermark.read(directory)).isEqualTo(-1);
        try (Watermark watermark = Watermark.open(directory)) {
            watermark.raise(7);
            watermark.raise(5);
            assertThat(Watermark.read(directory)).isEqualTo(7);
        }
        try (Watermark watermark = Watermark.open(directory)) {
            watermark.raise(6);
            watermark.raise(8);
        }
        assertThat(Watermark.read(directory)).isEqualTo(8);
        assertEveryFlipIsRefused(directory.resolve("watermark"), () -> Watermark.read(directory));
    }

    private Path snapshot() throws IOException {
        ReplicatedBounds bounds = ReplicatedBounds.empty();
        bounds.apply(1, new Request(0, 1, 1, new Command.OpenSession()));
        bounds.apply(2, new Request(1, 1, 1, new Command.Create("orders", new BoundState(1, 1000, "f"))));
        Path file = directory.resolve("snapshot.3_42");
        new SnapshotFile(TermIndex.valueOf(3, 42), bounds).write(file);
        return file;
    }

    private static void assertEveryFlipIsRefused(Path file, ThrowingCallable read) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        for (int bit = 0; bit < 8 * bytes.length; bit++) {
            byte[] flipped = bytes.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            Files.write(file, flipped);
            assertFails(ErrorCode.BOUND_STORE_DAMAGED, read);
        }
        Files.write(file, bytes);
    }

    private static void assertEveryCutIsRefused(Path file, ThrowingCallable read) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        for (int length = 0; length < bytes.length; length++) {
            Files.write(file, Arrays.copyOf(bytes, length));
            assertFails(ErrorCode.BOUND_STORE_DAMAGED, read);
        }
        Files.write(file, bytes);
    }

    private static void assertFails(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(TimestampException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }
}

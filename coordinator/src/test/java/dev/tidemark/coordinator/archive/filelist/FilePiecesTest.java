package dev.tidemark.coordinator.archive.filelist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.chunk.ChunkId;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.node.SnapshotFile;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FilePiecesTest {
    private static final int CHUNK = 100;

    @Test
    void entry_ofPiecesStoredInAnyOrder_hasThemInTheirOrder() throws Exception {
        ChunkId[] ids = {id(1), id(2), id(3)};
        byte[] content = new byte[250];
        FilePieces pieces = pieces(content, 250);
        ByteBuffer buffer = ByteBuffer.allocate(CHUNK);
        while (pieces.hasNext()) {
            pieces.next(buffer);
        }

        assertThat(pieces.stored(2, ids[2])).isFalse();
        assertThat(pieces.stored(0, ids[0])).isFalse();
        assertThatThrownBy(pieces::entry).isInstanceOf(IllegalStateException.class);
        assertThat(pieces.stored(1, ids[1])).isTrue();

        FileEntry entry = pieces.entry();
        assertThat(entry.chunks()).containsExactly(ids);
        assertThat(entry.sha256().toArray())
                .isEqualTo(MessageDigest.getInstance("SHA-256").digest(content));
    }

    @Test
    void entry_ofAnEmptyFile_isThereAtOnce() {
        FilePieces pieces = pieces(new byte[0], 0);

        assertThat(pieces.hasNext()).isFalse();
        assertThat(pieces.entry().sha256().toArray())
                .isEqualTo(HexFormat.of().parseHex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 0", "99, 100", "100, 99", "100, 101", "101, 100", "200, 201", "300, 200"})
    void next_ofAFileWithAnotherLengthThanListed_isRefused(int length, int listed) {
        assertThatThrownBy(() -> {
                    FilePieces pieces = pieces(new byte[length], listed);
                    ByteBuffer buffer = ByteBuffer.allocate(CHUNK);
                    while (pieces.hasNext()) {
                        pieces.next(buffer);
                    }
                })
                .isInstanceOfSatisfying(
                        CoordinatorException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.SNAPSHOT_FAILED));
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "0, 1000000000"})
    void create_ofAFileThatIsRefusedAtOnce_closesIt(int length, long listed) {
        AtomicBoolean isClosed = new AtomicBoolean();
        ReadableByteChannel content = Channels.newChannel(new ByteArrayInputStream(new byte[length]) {
            @Override
            public void close() {
                isClosed.set(true);
            }
        });

        assertThatThrownBy(() -> new FilePieces(new SnapshotFile("f", listed, "id"), content, CHUNK))
                .isInstanceOf(CoordinatorException.class);

        assertThat(isClosed).isTrue();
    }

    private static FilePieces pieces(byte[] content, long listed) {
        return new FilePieces(
                new SnapshotFile("f", listed, "id"), Channels.newChannel(new ByteArrayInputStream(content)), CHUNK);
    }

    private static ChunkId id(long number) {
        return new ChunkId(number, number, number, number);
    }
}

package dev.tidemark.kvs.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SegmentTest {
    private static final TableName TABLE = TableName.of("t");
    private static final String PATH = "segment-000007";
    /** Place of the first row's length: after the number of tables, the name with its length, the number of writes. */
    private static final int ROW_LENGTH = Integer.BYTES + Short.BYTES + 1 + Integer.BYTES;

    private final Segment segment = Segment.create(7, content());

    private static Map<TableName, NavigableMap<VersionKey, Write>> content() {
        NavigableMap<VersionKey, Write> writes = new TreeMap<>();
        writes.put(key("row", 12), new Write(Bytes.utf8("value"), 3));
        writes.put(key("row", 9), new Write(null, 4));
        writes.put(key("", 0), new Write(Bytes.EMPTY, 5));
        return new TreeMap<>(Map.of(TABLE, writes, TableName.of("without-writes"), new TreeMap<>()));
    }

    private static VersionKey key(String row, long timestamp) {
        return new VersionKey(Cell.of(Bytes.utf8(row), Bytes.ofHex("00ff")), timestamp);
    }

    @Test
    void of_contentOfASegment_isTheSegment() {
        Segment read = Segment.of(segment.path(), segment.content());

        assertThat(segment.path()).isEqualTo(PATH);
        assertThat(read.path()).isEqualTo(PATH);
        assertThat(read.identity()).isEqualTo(segment.identity());
        assertThat(read.decode()).isEqualTo(content());
    }

    @Test
    void of_anyBitFlipped_isDamaged() {
        for (int bit = 0; bit < segment.content().length * Byte.SIZE; bit++) {
            byte[] flipped = segment.content().clone();
            flipped[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);

            assertDamaged(() -> Segment.of(PATH, flipped));
        }
    }

    @Test
    void of_truncatedAnywhere_isDamaged() {
        for (int length = 0; length < segment.content().length; length++) {
            byte[] truncated = Arrays.copyOf(segment.content(), length);

            assertDamaged(() -> Segment.of(PATH, truncated));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE, 100_000, Integer.MAX_VALUE})
    void of_lengthThatLiesUnderARightChecksum_isDamaged(int length) {
        byte[] content = segment.content().clone();
        ByteBuffer.wrap(content).putInt(ROW_LENGTH, length);

        assertDamaged(() -> Segment.of(PATH, withRightChecksum(content)));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, Integer.MAX_VALUE})
    void of_numberOfTablesThatLiesUnderARightChecksum_isDamaged(int tables) {
        byte[] content = segment.content().clone();
        ByteBuffer.wrap(content).putInt(0, tables);

        assertDamaged(() -> Segment.of(PATH, withRightChecksum(content)));
    }

    @Test
    void of_tableNameThatIsNoneUnderARightChecksum_isDamaged() {
        byte[] content = segment.content().clone();
        content[Integer.BYTES + Short.BYTES] = '/';

        assertDamaged(() -> Segment.of(PATH, withRightChecksum(content)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"segment-7", "segment-0000007", "segment-00000x", "SEGMENT-000007", "a/segment-000007", ""})
    void of_otherPath_isDamaged(String path) {
        assertDamaged(() -> Segment.of(path, segment.content()));
    }

    private static byte[] withRightChecksum(byte[] content) {
        CRC32C crc = new CRC32C();
        crc.update(content, 0, content.length - Long.BYTES);
        ByteBuffer.wrap(content).putLong(content.length - Long.BYTES, crc.getValue());
        return content;
    }

    private static void assertDamaged(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(KeyValueStoreException.class, e -> assertThat(e.code())
                .isEqualTo(ErrorCode.STORE_DAMAGED));
    }
}

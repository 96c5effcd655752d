package dev.tidemark.coordinator.archive.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import dev.tidemark.coordinator.CoordinatorException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompressionTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 10, 65_535, 65_536, 1_000_000})
    void unpack_whatWasPacked_isTheSame(int length) {
        byte[] compressible = new byte[length];
        byte[] incompressible = new byte[length];
        new Random(3).nextBytes(incompressible);

        assertThat(Compression.unpack(Compression.pack(compressible), length, "x"))
                .isEqualTo(compressible);
        assertThat(Compression.unpack(Compression.pack(incompressible), length, "x"))
                .isEqualTo(incompressible);
        assertThat(Compression.pack(incompressible)).hasSize(length + 5);
    }

    @Test
    void pack_compressible_isSmaller() {
        assertThat(Compression.pack(new byte[100_000])).hasSizeLessThan(100);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 65_536, 200_000})
    void pack_partOfAnArrayIntoAnother_isThatOfThePartAlone(int length) {
        byte[] content = new byte[length + 30];
        new Random(5).nextBytes(content);
        Arrays.fill(content, 0, content.length / 2, (byte) 7);
        byte[] part = Arrays.copyOfRange(content, 20, 20 + length);
        byte[] target = new byte[Compression.packedBound(length) + 50];
        byte[] unpacked = new byte[length + 3];

        int packedLength = Compression.pack(content, 20, length, target);

        assertThat(Arrays.copyOf(target, packedLength)).isEqualTo(Compression.pack(part));
        assertThat(Compression.unpack(target, packedLength, unpacked, "x")).isEqualTo(length);
        assertThat(Arrays.copyOf(unpacked, length)).isEqualTo(part);
    }

    @Test
    void unpack_intoTooShortAnArray_isRefused() {
        byte[] packed = Compression.pack(new byte[1000]);

        assertThatThrownBy(() -> Compression.unpack(packed, packed.length, new byte[999], "x"))
                .isInstanceOf(CoordinatorException.class);
    }

    @Test
    void unpack_bombThatAnnouncesLittle_isRefused() {
        byte[] bomb = Zstd.compress(new byte[10_000_000]);

        assertRefused(packed(1, 1000, bomb));
        assertRefused(packed(1, 10_000_000, bomb));
        assertRefused(packed(1, -1, bomb));
        assertRefused(packed(1, 1001, bomb));
    }

    @Test
    void unpack_contentShorterThanAnnounced_isRefused() {
        assertRefused(packed(1, 1000, Zstd.compress(new byte[999])));
        assertRefused(packed(0, 10, new byte[9]));
        assertRefused(packed(0, 10, new byte[11]));
    }

    @Test
    void unpack_garbage_isRefused() {
        assertRefused(new byte[0]);
        assertRefused(new byte[4]);
        assertRefused(packed(2, 3, new byte[3]));
        assertRefused(packed(1, 3, new byte[3]));
    }

    private static void assertRefused(byte[] packed) {
        assertThatThrownBy(() -> Compression.unpack(packed, 1000, "x")).isInstanceOf(CoordinatorException.class);
    }

    private static byte[] packed(int kind, int length, byte[] content) {
        return ByteBuffer.allocate(5 + content.length)
                .put((byte) kind)
                .putInt(length)
                .put(content)
                .array();
    }
}

package dev.tidemark.coordinator.archive.format;

import com.github.luben.zstd.Zstd;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Contents with a prefix of 5 bytes: how they are packed (0 as they are, 1 zstd), and their length before packing as 4 bytes
 * big-endian. Thread-safe.
 */
public final class Compression {
    /** Length of the prefix. */
    public static final int PREFIX_BYTES = 5;

    private static final int PLAIN = 0;
    private static final int ZSTD = 1;
    private static final int LEVEL = 3;
    private static final int SAMPLED_FROM = 64 << 10;
    private static final int SAMPLE_PIECES = 4;
    private static final int SAMPLE_PIECE_BYTES = 4 << 10;

    private Compression() {}

    /**
     * Packs a content: with zstd level 3 unless it does not get smaller, or a sample of 16 KiB of a content of 64 KiB or more
     * does not get smaller by a twentieth.
     */
    public static byte[] pack(byte[] content) {
        if (content.length > 0 && !looksIncompressible(content)) {
            byte[] packed = new byte[PREFIX_BYTES + (int) Zstd.compressBound(content.length)];
            long length = Zstd.compressByteArray(
                    packed, PREFIX_BYTES, packed.length - PREFIX_BYTES, content, 0, content.length, LEVEL);
            if (Zstd.isError(length)) {
                throw new IllegalStateException("zstd: " + Zstd.getErrorName(length));
            }
            if (length < content.length) {
                ByteBuffer.wrap(packed).put((byte) ZSTD).putInt(content.length);
                return Arrays.copyOf(packed, PREFIX_BYTES + (int) length);
            }
        }
        ByteBuffer plain = ByteBuffer.allocate(PREFIX_BYTES + content.length);
        return plain.put((byte) PLAIN).putInt(content.length).put(content).array();
    }

    /**
     * Unpacks a content. Never uses more memory than {@code maxLength}, whatever the input says of itself.
     *
     * @param maxLength greatest acceptable length, bytes
     * @param object its name, for messages
     * @throws dev.tidemark.coordinator.CoordinatorException {@link dev.tidemark.kvs.ErrorCode#OBJECT_DAMAGED} when it is not
     *     a packed content, is too long, or has another length than it says
     */
    public static byte[] unpack(byte[] packed, int maxLength, String object) {
        if (packed.length < PREFIX_BYTES) {
            throw FormatErrors.damaged(object, "the content is too short");
        }
        ByteBuffer prefix = ByteBuffer.wrap(packed);
        int kind = prefix.get();
        int length = prefix.getInt();
        if (length < 0 || length > maxLength) {
            throw FormatErrors.damaged(object, "content of " + length + " bytes (expected: at most " + maxLength + ")");
        }
        if (kind == PLAIN && packed.length == PREFIX_BYTES + length) {
            return Arrays.copyOfRange(packed, PREFIX_BYTES, packed.length);
        }
        if (kind != ZSTD) {
            throw FormatErrors.damaged(object, "packed in an unknown way: " + kind);
        }
        byte[] content = new byte[length];
        long found = Zstd.decompressByteArray(content, 0, length, packed, PREFIX_BYTES, packed.length - PREFIX_BYTES);
        if (Zstd.isError(found) || found != length) {
            throw FormatErrors.damaged(object, "it does not unpack to the " + length + " bytes that it announces");
        }
        return content;
    }

    private static boolean looksIncompressible(byte[] content) {
        if (content.length < SAMPLED_FROM) {
            return false;
        }
        byte[] sample = new byte[SAMPLE_PIECES * SAMPLE_PIECE_BYTES];
        int step = (content.length - SAMPLE_PIECE_BYTES) / (SAMPLE_PIECES - 1);
        for (int i = 0; i < SAMPLE_PIECES; i++) {
            System.arraycopy(content, i * step, sample, i * SAMPLE_PIECE_BYTES, SAMPLE_PIECE_BYTES);
        }
        byte[] packed = new byte[(int) Zstd.compressBound(sample.length)];
        long length = Zstd.compressByteArray(packed, 0, packed.length, sample, 0, sample.length, 1);
        return Zstd.isError(length) || length > sample.length - sample.length / 20;
    }
}

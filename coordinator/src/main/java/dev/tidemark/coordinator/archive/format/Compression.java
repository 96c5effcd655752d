package dev.tidemark.coordinator.archive.format;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
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

    /** Returns how much room {@link #pack(byte[], int, int, byte[])} wants for a content of this length. */
    public static int packedBound(int length) {
        return PREFIX_BYTES + (int) Zstd.compressBound(length);
    }

    /**
     * Packs a content: with zstd level 3 unless it does not get smaller, or a sample of 16 KiB of a content of 64 KiB or more
     * does not get smaller by a twentieth.
     */
    public static byte[] pack(byte[] content) {
        byte[] packed = new byte[packedBound(content.length)];
        return Arrays.copyOf(packed, pack(content, 0, content.length, packed));
    }

    /**
     * Packs a content as {@link #pack(byte[])} does, into an array.
     *
     * @param target where the packed content goes, from its beginning on; {@link #packedBound} bytes or more
     * @return length of the packed content
     */
    public static int pack(byte[] content, int offset, int length, byte[] target) {
        if (length > 0 && !looksIncompressible(content, offset, length)) {
            long packedLength = Zstd.compressByteArray(
                    target, PREFIX_BYTES, target.length - PREFIX_BYTES, content, offset, length, LEVEL);
            if (packedLength < length) {
                ByteBuffer.wrap(target).put((byte) ZSTD).putInt(length);
                return PREFIX_BYTES + (int) packedLength;
            }
        }
        ByteBuffer.wrap(target).put((byte) PLAIN).putInt(length).put(content, offset, length);
        return PREFIX_BYTES + length;
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
        byte[] content = new byte[lengthOf(packed, packed.length, maxLength, object)];
        unpack(packed, packed.length, content, object);
        return content;
    }

    /**
     * Unpacks a content as {@link #unpack(byte[], int, String)} does, into an array.
     *
     * @param packed begins with the packed content
     * @param packedLength length of the packed content
     * @param target where the content goes, from its beginning on; a longer content is not acceptable
     * @return length of the content
     */
    public static int unpack(byte[] packed, int packedLength, byte[] target, String object) {
        int length = lengthOf(packed, packedLength, target.length, object);
        if (packed[0] == PLAIN) {
            System.arraycopy(packed, PREFIX_BYTES, target, 0, length);
            return length;
        }
        try {
            int zstdLength = packedLength - PREFIX_BYTES;
            if (Zstd.decompressByteArray(target, 0, length, packed, PREFIX_BYTES, zstdLength) == length) {
                return length;
            }
            throw FormatErrors.damaged(object, "it unpacks to less than the " + length + " bytes that it announces");
        } catch (ZstdException e) {
            throw FormatErrors.damaged(object, "it can't be unpacked to the " + length + " bytes that it announces", e);
        }
    }

    /** Reads and checks the prefix. */
    private static int lengthOf(byte[] packed, int packedLength, int maxLength, String object) {
        if (packedLength < PREFIX_BYTES) {
            throw FormatErrors.damaged(object, "the content is too short");
        }
        ByteBuffer prefix = ByteBuffer.wrap(packed);
        int kind = prefix.get();
        int length = prefix.getInt();
        if (length < 0 || length > maxLength) {
            throw FormatErrors.damaged(object, "content of " + length + " bytes (expected: at most " + maxLength + ")");
        }
        if (kind != ZSTD && !(kind == PLAIN && packedLength == PREFIX_BYTES + length)) {
            throw FormatErrors.damaged(object, "packed in an unknown way: " + kind);
        }
        return length;
    }

    private static boolean looksIncompressible(byte[] content, int offset, int contentLength) {
        if (contentLength < SAMPLED_FROM) {
            return false;
        }
        byte[] sample = new byte[SAMPLE_PIECES * SAMPLE_PIECE_BYTES];
        int step = (contentLength - SAMPLE_PIECE_BYTES) / (SAMPLE_PIECES - 1);
        for (int i = 0; i < SAMPLE_PIECES; i++) {
            System.arraycopy(content, offset + i * step, sample, i * SAMPLE_PIECE_BYTES, SAMPLE_PIECE_BYTES);
        }
        byte[] packed = new byte[(int) Zstd.compressBound(sample.length)];
        long length = Zstd.compressByteArray(packed, 0, packed.length, sample, 0, sample.length, 1);
        return length > sample.length - sample.length / 20;
    }
}

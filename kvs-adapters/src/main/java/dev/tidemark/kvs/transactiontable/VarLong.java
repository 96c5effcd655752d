package dev.tidemark.kvs.transactiontable;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import java.nio.ByteBuffer;

/**
 * AtlasDB's variable-length encoding of 64-bit numbers (its {@code EncodingUtils.encodeVarLong}).
 *
 * <p>A number &gt;= 0 takes n bytes, 1..9, where 7n bits hold it. The first n bits are n - 1 ones and a zero; the number follows,
 * big-endian. For n = 9 the ones fill the first byte and the zero is the first bit of the second. A negative number takes 10
 * bytes: {@code ff 80} and its 8 bytes in two's complement. The order of the encoded bytes is the order of the numbers
 * &gt;= 0.
 */
public final class VarLong {
    private static final int BITS_PER_BYTE = 7;
    private static final int LONG_FORM = 9;
    private static final int NEGATIVE_FORM = 10;
    private static final byte ALL_ONES = (byte) 0xff;
    private static final byte NEGATIVE_MARK = (byte) 0x80;

    private VarLong() {}

    /** Encodes a number. */
    public static Bytes encode(long value) {
        if (value < 0) {
            return Bytes.wrap(ByteBuffer.allocate(NEGATIVE_FORM)
                    .put(ALL_ONES)
                    .put(NEGATIVE_MARK)
                    .putLong(value)
                    .array());
        }
        int length = lengthOf(value);
        if (length == LONG_FORM) {
            return Bytes.wrap(
                    ByteBuffer.allocate(LONG_FORM).put(ALL_ONES).putLong(value).array());
        }
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (value >>> (8 * (length - 1 - i)));
        }
        bytes[0] |= prefix(length);
        return Bytes.wrap(bytes);
    }

    /**
     * Decodes the number at the beginning of the bytes; what follows it is not looked at.
     *
     * @throws KeyValueStoreException {@link ErrorCode#STORE_DAMAGED} when the bytes are too short or have a form that
     *     {@link #encode} does not write
     */
    public static long decode(Bytes bytes) {
        int length = length(bytes);
        if (length <= 8) {
            long value = (bytes.at(0) & 0xff) & ~(prefix(length) & 0xff);
            for (int i = 1; i < length; i++) {
                value = value << 8 | (bytes.at(i) & 0xff);
            }
            return requireShortest(bytes, value, length);
        }
        long value = bytes.toBuffer().getLong(length - Long.BYTES);
        if (length == NEGATIVE_FORM && (bytes.at(1) != NEGATIVE_MARK || value >= 0)) {
            throw malformed(bytes);
        }
        return requireShortest(bytes, value, length);
    }

    /**
     * Returns how many bytes the number at the beginning takes, 1..10.
     *
     * @throws KeyValueStoreException {@link ErrorCode#STORE_DAMAGED} when there are fewer
     */
    public static int length(Bytes bytes) {
        if (bytes.isEmpty()) {
            throw malformed(bytes);
        }
        int ones = Integer.numberOfLeadingZeros(~(bytes.at(0) << 24));
        int length = ones + 1;
        if (ones == 8) {
            length = bytes.length() > 1 && bytes.at(1) < 0 ? NEGATIVE_FORM : LONG_FORM;
        }
        if (bytes.length() < length) {
            throw malformed(bytes);
        }
        return length;
    }

    private static byte prefix(int length) {
        return (byte) (0xff00 >> (length - 1));
    }

    private static long requireShortest(Bytes bytes, long value, int length) {
        if (lengthOf(value) != length) {
            throw malformed(bytes);
        }
        return value;
    }

    /** Returns how many bytes {@link #encode} makes of the number. */
    private static int lengthOf(long value) {
        if (value < 0) {
            return NEGATIVE_FORM;
        }
        int bits = Math.max(1, Long.SIZE - Long.numberOfLeadingZeros(value));
        return (bits + BITS_PER_BYTE - 1) / BITS_PER_BYTE;
    }

    private static KeyValueStoreException malformed(Bytes bytes) {
        return new KeyValueStoreException(
                ErrorCode.STORE_DAMAGED,
                "'" + bytes + "' is no variable-length number",
                "Check that the table was written with the transactions schema that is assumed for it.");
    }
}

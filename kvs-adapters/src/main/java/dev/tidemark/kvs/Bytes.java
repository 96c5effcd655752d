package dev.tidemark.kvs;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * An immutable sequence of bytes, ordered as unsigned bytes from the left, a prefix before its extensions: the order of
 * rows and columns in every store. Thread-safe.
 */
public final class Bytes implements Comparable<Bytes> {
    /** The sequence of length zero. */
    public static final Bytes EMPTY = new Bytes(new byte[0]);

    private final byte[] content;

    private Bytes(byte[] content) {
        this.content = content;
    }

    /** Copies the array. */
    public static Bytes of(byte[] content) {
        return content.length == 0 ? EMPTY : new Bytes(content.clone());
    }

    /** Takes the array without a copy; the caller must never change it afterwards. */
    public static Bytes wrap(byte[] content) {
        return content.length == 0 ? EMPTY : new Bytes(content);
    }

    /** Returns the text in UTF-8. */
    public static Bytes utf8(String text) {
        return wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns the number as 8 bytes, big-endian, two's complement. */
    public static Bytes ofLong(long value) {
        return wrap(ByteBuffer.allocate(Long.BYTES).putLong(value).array());
    }

    /**
     * Parses hexadecimal digits of either case.
     *
     * @throws IllegalArgumentException when the text has an odd length or another character
     */
    public static Bytes ofHex(String hex) {
        return wrap(HexFormat.of().parseHex(hex));
    }

    /** Returns the number of bytes. */
    public int length() {
        return content.length;
    }

    /** Tells whether the length is zero. */
    public boolean isEmpty() {
        return content.length == 0;
    }

    /** Returns the byte at the index, 0..length-1, as -128..127. */
    public byte at(int index) {
        return content[index];
    }

    /** Returns a copy of the bytes. */
    public byte[] toArray() {
        return content.clone();
    }

    /** Returns the bytes as a read-only buffer without a copy. */
    public ByteBuffer toBuffer() {
        return ByteBuffer.wrap(content).asReadOnlyBuffer();
    }

    /**
     * Reads 8 bytes, big-endian.
     *
     * @throws IllegalStateException when the length is not 8
     */
    public long toLong() {
        if (content.length != Long.BYTES) {
            throw new IllegalStateException("length: " + content.length + " (expected: 8)");
        }
        return ByteBuffer.wrap(content).getLong();
    }

    /** Decodes the bytes as UTF-8; malformed input gives replacement characters. */
    public String toUtf8() {
        return new String(content, StandardCharsets.UTF_8);
    }

    /** Returns lower-case hexadecimal digits. */
    public String toHex() {
        return HexFormat.of().formatHex(content);
    }

    /** Tells whether this sequence begins with the other. */
    public boolean startsWith(Bytes prefix) {
        return content.length >= prefix.content.length
                && Arrays.equals(content, 0, prefix.content.length, prefix.content, 0, prefix.content.length);
    }

    /** Returns this sequence followed by the other. */
    public Bytes concat(Bytes suffix) {
        byte[] joined = Arrays.copyOf(content, content.length + suffix.content.length);
        System.arraycopy(suffix.content, 0, joined, content.length, suffix.content.length);
        return wrap(joined);
    }

    @Override
    public int compareTo(Bytes other) {
        return Arrays.compareUnsigned(content, other.content);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes bytes && Arrays.equals(content, bytes.content);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(content);
    }

    /** Returns hexadecimal digits with the prefix {@code 0x}. */
    @Override
    public String toString() {
        return "0x" + toHex();
    }
}

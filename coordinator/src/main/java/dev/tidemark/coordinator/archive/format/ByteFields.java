package dev.tidemark.coordinator.archive.format;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Writes values one after the other so that no two sequences of values give the same bytes: numbers big-endian, texts and
 * byte strings after their length as 4 bytes. Used for additional data, key derivation and binary objects. Not thread-safe.
 */
public final class ByteFields {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /** Writes 1 byte. */
    public ByteFields u8(int value) {
        bytes.write(value);
        return this;
    }

    /** Writes 4 bytes. */
    public ByteFields u32(int value) {
        return raw(ByteBuffer.allocate(Integer.BYTES).putInt(value).array());
    }

    /** Writes 8 bytes. */
    public ByteFields u64(long value) {
        return raw(ByteBuffer.allocate(Long.BYTES).putLong(value).array());
    }

    /** Writes bytes without a length. */
    public ByteFields raw(byte[] value) {
        bytes.writeBytes(value);
        return this;
    }

    /** Writes the length and the bytes. */
    public ByteFields bytes(byte[] value) {
        return u32(value.length).raw(value);
    }

    /** Writes the length and the text in UTF-8. */
    public ByteFields text(String value) {
        return bytes(value.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns how many bytes were written. */
    public int size() {
        return bytes.size();
    }

    /** Returns what was written. */
    public byte[] toArray() {
        return bytes.toByteArray();
    }
}

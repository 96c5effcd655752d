package dev.tidemark.coordinator.archive.chunk;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * Name of a chunk: HMAC-SHA256 of its plaintext under the namespace's chunk id key. Equal content in one namespace has equal
 * ids; without the key an id tells nothing about the content.
 */
public record ChunkId(long first, long second, long third, long fourth) {
    /** Length in bytes. */
    public static final int BYTES = 32;

    /** Reads 32 bytes. */
    public static ChunkId of(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("length: " + bytes.length + " (expected: " + BYTES + ")");
        }
        return read(ByteBuffer.wrap(bytes));
    }

    /** Reads 32 bytes from the buffer's position on. */
    public static ChunkId read(ByteBuffer buffer) {
        return new ChunkId(buffer.getLong(), buffer.getLong(), buffer.getLong(), buffer.getLong());
    }

    /** Returns the 32 bytes. */
    public byte[] toArray() {
        ByteBuffer buffer = ByteBuffer.allocate(BYTES);
        return buffer.putLong(first)
                .putLong(second)
                .putLong(third)
                .putLong(fourth)
                .array();
    }

    /** Returns 64 lower-case hexadecimal digits. */
    @Override
    public String toString() {
        return HexFormat.of().formatHex(toArray());
    }
}

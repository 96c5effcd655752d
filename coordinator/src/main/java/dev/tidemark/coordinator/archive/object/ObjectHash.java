package dev.tidemark.coordinator.archive.object;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 of an object as it is stored, so that it can be checked without a key; written as 64 lower-case hexadecimal digits. */
public record ObjectHash(long first, long second, long third, long fourth) {
    /** Length in bytes. */
    public static final int BYTES = 32;

    /** Stands for a hash that nobody knows; no content has it. */
    public static final ObjectHash UNKNOWN = new ObjectHash(0, 0, 0, 0);

    /** Computes the hash of a content from position to limit, which are not changed. */
    public static ObjectHash ofContent(ByteBuffer content) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update(content.duplicate());
            return read(ByteBuffer.wrap(sha256.digest()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Reads 32 bytes from the buffer's position on. */
    public static ObjectHash read(ByteBuffer buffer) {
        return new ObjectHash(buffer.getLong(), buffer.getLong(), buffer.getLong(), buffer.getLong());
    }

    /**
     * Parses 64 lower-case hexadecimal digits.
     *
     * @throws IllegalArgumentException when the text has another form
     */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static ObjectHash parse(String hex) {
        boolean isHex = hex.length() == 2 * BYTES
                && hex.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
        if (!isHex) {
            throw new IllegalArgumentException("hash: '" + hex + "' (expected: 64 lower-case hexadecimal digits)");
        }
        return read(ByteBuffer.wrap(HexFormat.of().parseHex(hex)));
    }

    /** Writes 32 bytes from the buffer's position on. */
    public void write(ByteBuffer target) {
        target.putLong(first).putLong(second).putLong(third).putLong(fourth);
    }

    /** Returns 64 lower-case hexadecimal digits. */
    @JsonValue
    @Override
    public String toString() {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES);
        write(bytes);
        return HexFormat.of().formatHex(bytes.array());
    }
}

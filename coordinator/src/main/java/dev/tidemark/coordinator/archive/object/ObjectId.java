package dev.tidemark.coordinator.archive.object;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/** A random name of 16 bytes; written as 32 lower-case hexadecimal digits. Ordered as unsigned bytes. */
public record ObjectId(long high, long low) implements Comparable<ObjectId> {
    /** Length in bytes. */
    public static final int BYTES = 16;

    /** Reads 16 bytes. */
    public static ObjectId of(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("length: " + bytes.length + " (expected: " + BYTES + ")");
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return new ObjectId(buffer.getLong(), buffer.getLong());
    }

    /**
     * Parses 32 lower-case hexadecimal digits.
     *
     * @throws IllegalArgumentException when the text has another form
     */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    public static ObjectId parse(String hex) {
        if (!isValid(hex)) {
            throw new IllegalArgumentException("object id: '" + hex + "' (expected: 32 lower-case hexadecimal digits)");
        }
        int half = Long.BYTES * 2;
        return new ObjectId(
                HexFormat.fromHexDigitsToLong(hex, 0, half), HexFormat.fromHexDigitsToLong(hex, half, 2 * half));
    }

    /** Tells whether {@link #parse} accepts the text. */
    public static boolean isValid(String text) {
        if (text.length() != 2 * BYTES) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                return false;
            }
        }
        return true;
    }

    /** Returns the 16 bytes. */
    public byte[] toArray() {
        return ByteBuffer.allocate(BYTES).putLong(high).putLong(low).array();
    }

    @Override
    public int compareTo(ObjectId other) {
        int order = Long.compareUnsigned(high, other.high);
        return order != 0 ? order : Long.compareUnsigned(low, other.low);
    }

    /** Returns 32 lower-case hexadecimal digits. */
    @JsonValue
    @Override
    public String toString() {
        return HexFormat.of().formatHex(toArray());
    }
}

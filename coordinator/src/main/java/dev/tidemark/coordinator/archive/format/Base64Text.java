package dev.tidemark.coordinator.archive.format;

import java.util.Base64;

/** Bytes as text in base 64, with padding, in the one form that encoding gives. */
public final class Base64Text {
    private Base64Text() {}

    /** Encodes. */
    public static String encode(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    /**
     * Decodes.
     *
     * @throws IllegalArgumentException when it is not what {@link #encode} gives for some bytes
     */
    public static byte[] decode(String text) {
        byte[] bytes = Base64.getDecoder().decode(text);
        if (!encode(bytes).equals(text)) {
            throw new IllegalArgumentException("base 64: '" + text + "' (expected: its usual form)");
        }
        return bytes;
    }
}

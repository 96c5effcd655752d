package dev.tidemark.coordinator.archive.s3;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;

/** Digests in the forms that the protocol wants. */
final class Digests {
    private Digests() {}

    /** Returns 64 lower-case hexadecimal digits; the buffer is not changed. */
    static String sha256(ByteBuffer content) {
        return HexFormat.of().formatHex(digest("SHA-256", content));
    }

    /** Returns the value of {@code Content-MD5}; the buffer is not changed. */
    static String md5(ByteBuffer content) {
        return Base64.getEncoder().encodeToString(digest("MD5", content));
    }

    private static byte[] digest(String algorithm, ByteBuffer content) {
        try {
            MessageDigest digest = MessageDigest.getInstance(algorithm);
            digest.update(content.duplicate());
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has " + algorithm, e);
        }
    }
}

package dev.tidemark.coordinator.archive.s3;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.zip.CRC32C;

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

    /** Returns 8 lower-case hexadecimal digits; the buffer is not changed. */
    static String crc32c(ByteBuffer content) {
        CRC32C checksum = new CRC32C();
        checksum.update(content.duplicate());
        return crc32c(checksum);
    }

    /** Returns what a checksum has come to, in the form of {@link #crc32c(ByteBuffer)}. */
    static String crc32c(CRC32C checksum) {
        return HexFormat.of().toHexDigits((int) checksum.getValue());
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

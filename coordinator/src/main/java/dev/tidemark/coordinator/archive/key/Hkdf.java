package dev.tidemark.coordinator.archive.key;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HKDF with SHA-256, RFC 5869, for one block of 32 bytes of output. Thread-safe. */
public final class Hkdf {
    private static final String HMAC = "HmacSHA256";

    private Hkdf() {}

    /**
     * Derives a key.
     *
     * @param inputKey input keying material
     * @param salt not secret; must not be empty
     * @param info what the key is for
     * @return 32 bytes
     */
    public static byte[] derive(byte[] inputKey, byte[] salt, byte[] info) {
        byte[] pseudorandomKey = hmac(salt, inputKey);
        byte[] block = Arrays.copyOf(info, info.length + 1);
        block[info.length] = 1;
        return hmac(pseudorandomKey, block);
    }

    /** Derives a key for a purpose given as text in US-ASCII. */
    public static byte[] derive(byte[] inputKey, byte[] salt, String info) {
        return derive(inputKey, salt, info.getBytes(StandardCharsets.US_ASCII));
    }

    /** Computes HMAC-SHA256. */
    public static byte[] hmac(byte[] key, byte[] content) {
        Mac mac = mac(key);
        return mac.doFinal(content);
    }

    /** Returns HMAC-SHA256 with the key set; not thread-safe. */
    public static Mac mac(byte[] key) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(key, HMAC));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }
}

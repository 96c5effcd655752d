package dev.tidemark.coordinator.archive.key;

import dev.tidemark.coordinator.archive.format.Base64Text;
import java.security.GeneralSecurityException;
import java.util.Optional;
import java.util.random.RandomGenerator;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A key encrypted with another one: AES-256-GCM.
 *
 * @param nonce 12 bytes in base 64, random
 * @param ciphertext ciphertext and tag of 16 bytes in base 64
 */
public record WrappedKey(String nonce, String ciphertext) {
    static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final int MAX_CIPHERTEXT_BYTES = 1024;

    /**
     * Checks the form.
     *
     * @throws IllegalArgumentException when it is not base 64 or has another length
     */
    public WrappedKey {
        int nonceLength = Base64Text.decode(nonce).length;
        int length = Base64Text.decode(ciphertext).length;
        if (nonceLength != NONCE_BYTES || length > MAX_CIPHERTEXT_BYTES) {
            throw new IllegalArgumentException("nonce of " + nonceLength + " bytes, ciphertext of " + length
                    + " bytes (expected: 12 and at most " + MAX_CIPHERTEXT_BYTES + ")");
        }
    }

    static WrappedKey wrap(byte[] wrappingKey, byte[] additionalData, byte[] secret, RandomGenerator random) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            Cipher cipher = cipher(Cipher.ENCRYPT_MODE, wrappingKey, nonce, additionalData);
            return new WrappedKey(Base64Text.encode(nonce), Base64Text.encode(cipher.doFinal(secret)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM failed", e);
        }
    }

    /** Returns the secret, or nothing when the key or the additional data is another one. */
    Optional<byte[]> unwrap(byte[] wrappingKey, byte[] additionalData) {
        try {
            Cipher cipher = cipher(Cipher.DECRYPT_MODE, wrappingKey, Base64Text.decode(nonce), additionalData);
            return Optional.of(cipher.doFinal(Base64Text.decode(ciphertext)));
        } catch (AEADBadTagException e) {
            return Optional.empty();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM failed", e);
        }
    }

    private static Cipher cipher(int mode, byte[] key, byte[] nonce, byte[] additionalData)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(additionalData);
        return cipher;
    }
}

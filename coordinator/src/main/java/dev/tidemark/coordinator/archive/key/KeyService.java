package dev.tidemark.coordinator.archive.key;

import java.util.Map;
import java.util.Optional;

/**
 * A key that never leaves the service that keeps it, and can be asked to encrypt and decrypt a few bytes. Thread-safe.
 *
 * <p>Every method can throw {@link dev.tidemark.coordinator.CoordinatorException}:
 * {@link dev.tidemark.kvs.ErrorCode#KEY_ACCESS_DENIED} when the service refuses these credentials,
 * {@link dev.tidemark.kvs.ErrorCode#KEY_DISABLED} when the key is disabled, {@link dev.tidemark.kvs.ErrorCode#KEY_DESTROYED}
 * when it is deleted or going to be, {@link dev.tidemark.kvs.ErrorCode#KEY_UNAVAILABLE} when the service does not answer.
 */
public interface KeyService extends AutoCloseable {
    /** Returns the name of the key at the service, for people and for the slot. */
    String keyName();

    /**
     * Encrypts.
     *
     * @param plaintext at most 4096 bytes
     * @param context what the ciphertext is bound to; not secret, and written to the service's own log
     */
    byte[] encrypt(byte[] plaintext, Map<String, String> context);

    /** Decrypts what {@link #encrypt} gave; nothing when it is of another key or context, or was changed. */
    Optional<byte[]> decrypt(byte[] ciphertext, Map<String, String> context);

    /** Ends the connections to the service. */
    @Override
    void close();
}

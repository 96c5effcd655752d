package dev.tidemark.coordinator.archive.key;

import dev.tidemark.coordinator.archive.format.ByteFields;
import dev.tidemark.coordinator.archive.object.ObjectId;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** The key that the archive's private signing key is wrapped with. Slots for writers hold it, those for readers do not. Thread-safe. */
public final class WriterKey {
    /** Length. */
    public static final int BYTES = 32;

    private static final String PURPOSE = "tidemark signing key";

    private final byte[] secret;
    private final ObjectId archiveId;

    /** Takes the key of an archive. */
    public WriterKey(byte[] secret, ObjectId archiveId) {
        if (secret.length != BYTES) {
            throw new IllegalArgumentException("writer key: " + secret.length + " bytes (expected: " + BYTES + ")");
        }
        this.secret = secret.clone();
        this.archiveId = archiveId;
    }

    /** Wraps the private half that belongs to a public key. */
    public WrappedKey wrap(byte[] publicKey, byte[] privateKey, RandomGenerator random) {
        return WrappedKey.wrap(wrappingKey(), additionalData(publicKey), privateKey, random);
    }

    /** Returns what {@link #wrap} has wrapped, or nothing when it belongs to another archive or public key, or was changed. */
    public Optional<byte[]> unwrap(byte[] publicKey, WrappedKey wrapped) {
        return wrapped.unwrap(wrappingKey(), additionalData(publicKey));
    }

    /** Prints no secret. */
    @Override
    public String toString() {
        return "WriterKey[" + archiveId + "]";
    }

    private byte[] wrappingKey() {
        return Hkdf.derive(secret, archiveId.toArray(), PURPOSE);
    }

    private byte[] additionalData(byte[] publicKey) {
        return new ByteFields()
                .text(PURPOSE)
                .raw(archiveId.toArray())
                .bytes(publicKey)
                .toArray();
    }
}

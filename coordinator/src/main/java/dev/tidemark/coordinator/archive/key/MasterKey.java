package dev.tidemark.coordinator.archive.key;

import dev.tidemark.coordinator.archive.format.ByteFields;
import dev.tidemark.coordinator.archive.object.ObjectId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The key of an archive: authenticates its header and wraps the data keys of the namespaces, with keys derived for one
 * purpose each. Thread-safe.
 */
public final class MasterKey {
    /** Length. */
    public static final int BYTES = 32;

    private final byte[] secret;
    private final ObjectId archiveId;

    /** Takes the key of an archive. */
    public MasterKey(byte[] secret, ObjectId archiveId) {
        if (secret.length != BYTES) {
            throw new IllegalArgumentException("master key: " + secret.length + " bytes (expected: " + BYTES + ")");
        }
        this.secret = secret.clone();
        this.archiveId = archiveId;
    }

    /** Makes the key of a new archive. */
    public static MasterKey generate(ObjectId archiveId, RandomGenerator random) {
        byte[] secret = new byte[BYTES];
        random.nextBytes(secret);
        return new MasterKey(secret, archiveId);
    }

    /** Returns the key itself, to be put into a key slot. */
    public byte[] toArray() {
        return secret.clone();
    }

    /** Tells whether a key slot of this archive is as it was made. */
    public boolean isAuthentic(KeySlot slot) {
        return slot.isAuthentic(secret);
    }

    /**
     * Returns the key that the journals and the lock of a namespace are sealed with. It is derived, so it outlives the data keys: whoever
     * destroys those can still say under the lock that he has.
     */
    public byte[] recordsKey(String namespace) {
        return Hkdf.derive(
                secret,
                archiveId.toArray(),
                new ByteFields()
                        .raw("tidemark records".getBytes(StandardCharsets.US_ASCII))
                        .text(namespace)
                        .toArray());
    }

    /** Wraps a secret for a purpose; it can be unwrapped for the same purpose alone. */
    public WrappedKey wrap(Purpose purpose, byte[] plaintext, RandomGenerator random) {
        return WrappedKey.wrap(derived(purpose.name), additionalData(purpose), plaintext, random);
    }

    /** Returns what {@link #wrap} has wrapped, or nothing when it was for another archive or purpose, or was changed. */
    public Optional<byte[]> unwrap(Purpose purpose, WrappedKey wrapped) {
        return wrapped.unwrap(derived(purpose.name), additionalData(purpose));
    }

    /** Computes a message authentication code of the archive's header, 32 bytes. */
    public byte[] authenticate(byte[] header) {
        return Hkdf.hmac(derived("tidemark header"), header);
    }

    /** Tells whether {@link #authenticate} gives this code. */
    public boolean isAuthentic(byte[] header, byte[] code) {
        return MessageDigest.isEqual(authenticate(header), code);
    }

    /** Prints no secret. */
    @Override
    public String toString() {
        return "MasterKey[" + archiveId + "]";
    }

    /** Computes a message authentication code of an entry of the audit log, 32 bytes. */
    public byte[] authenticateAudit(byte[] entry) {
        return Hkdf.hmac(derived("tidemark audit"), entry);
    }

    private byte[] derived(String info) {
        return Hkdf.derive(secret, archiveId.toArray(), info);
    }

    private byte[] additionalData(Purpose purpose) {
        return new ByteFields()
                .text(purpose.name)
                .raw(archiveId.toArray())
                .bytes(purpose.binding)
                .toArray();
    }

    /** What a wrapped secret is for. */
    public static final class Purpose {
        private final String name;
        private final byte[] binding;

        private Purpose(String name, byte[] binding) {
            this.name = name;
            this.binding = binding;
        }

        /** A data key of a namespace. */
        public static Purpose namespace(String namespace, int keyId) {
            return new Purpose(
                    "tidemark namespace key",
                    new ByteFields().text(namespace).u32(keyId).toArray());
        }
    }
}

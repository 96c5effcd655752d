package dev.tidemark.coordinator.archive.key;

import dev.tidemark.coordinator.archive.format.ByteFields;
import dev.tidemark.coordinator.archive.object.ObjectId;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.Optional;
import java.util.random.RandomGenerator;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * The master key of an archive, wrapped by what one operator has: the object {@code keys/master/SLOT.json}.
 *
 * @param format {@value #FORMAT}
 * @param archiveId the archive that it belongs to; slots of another one (left by an initialisation that crashed) do not count
 * @param slot random name, also the object's
 * @param kind {@link #PASSPHRASE} or {@link #KEY_FILE}
 * @param iterations of PBKDF2-HMAC-SHA512 for a passphrase; 0 for a key file, whose key is HKDF-SHA256 of it
 * @param salt 32 random bytes in base 64
 * @param masterKey the wrapped key
 */
public record KeySlot(
        int format, String archiveId, String slot, String kind, int iterations, String salt, WrappedKey masterKey) {
    /** The version that this software writes and reads. */
    public static final int FORMAT = 1;

    /** Kind of a slot for a passphrase. */
    public static final String PASSPHRASE = "passphrase";

    /** Kind of a slot for a key file. */
    public static final String KEY_FILE = "key-file";

    /** Iterations of a new slot for a passphrase. */
    public static final int ITERATIONS = 210_000;

    /** Most iterations that are accepted from an archive, so that a hostile slot can't stop the process. */
    public static final int MAX_ITERATIONS = 10_000_000;

    private static final int SALT_BYTES = 32;
    private static final int KEY_BITS = 256;

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException when a value is outside of its range
     */
    public KeySlot {
        ObjectId.parse(archiveId);
        ObjectId.parse(slot);
        boolean isPassphrase = kind.equals(PASSPHRASE) && iterations >= ITERATIONS && iterations <= MAX_ITERATIONS;
        boolean isKeyFile = kind.equals(KEY_FILE) && iterations == 0;
        if (!isPassphrase && !isKeyFile) {
            throw new IllegalArgumentException("kind, iterations: " + kind + ", " + iterations + " (expected: "
                    + PASSPHRASE + " with " + ITERATIONS + ".." + MAX_ITERATIONS + " or " + KEY_FILE + " with 0)");
        }
        if (Base64.getDecoder().decode(salt).length != SALT_BYTES) {
            throw new IllegalArgumentException("salt: '" + salt + "' (expected: 32 bytes)");
        }
    }

    /** Wraps a master key. */
    public static KeySlot create(ObjectId archiveId, ArchiveKey key, byte[] masterKey, RandomGenerator random) {
        ObjectId slot = new ObjectId(random.nextLong(), random.nextLong());
        byte[] saltBytes = new byte[SALT_BYTES];
        random.nextBytes(saltBytes);
        boolean isPassphrase = key.kind() == ArchiveKey.Kind.PASSPHRASE;
        String kind = isPassphrase ? PASSPHRASE : KEY_FILE;
        int iterations = isPassphrase ? ITERATIONS : 0;
        byte[] wrappingKey = wrappingKey(key, saltBytes, iterations);
        byte[] bound = bound(archiveId.toString(), slot.toString(), kind, iterations, saltBytes);
        return new KeySlot(
                FORMAT,
                archiveId.toString(),
                slot.toString(),
                kind,
                iterations,
                Base64.getEncoder().encodeToString(saltBytes),
                WrappedKey.wrap(wrappingKey, bound, masterKey, random));
    }

    /** Returns the master key, or nothing when the key is of the other kind or does not fit. */
    public Optional<byte[]> open(ArchiveKey key) {
        boolean isPassphrase = key.kind() == ArchiveKey.Kind.PASSPHRASE;
        if (isPassphrase != kind.equals(PASSPHRASE)) {
            return Optional.empty();
        }
        byte[] saltBytes = Base64.getDecoder().decode(salt);
        return masterKey
                .unwrap(wrappingKey(key, saltBytes, iterations), bound(archiveId, slot, kind, iterations, saltBytes))
                .filter(secret -> secret.length == MasterKey.BYTES);
    }

    /** Leaves out salt and ciphertext. */
    @Override
    public String toString() {
        return "KeySlot[" + slot + ", " + kind + "]";
    }

    private static byte[] bound(String archiveId, String slot, String kind, int iterations, byte[] salt) {
        return new ByteFields()
                .text("tidemark master key slot")
                .u32(FORMAT)
                .text(archiveId)
                .text(slot)
                .text(kind)
                .u32(iterations)
                .bytes(salt)
                .toArray();
    }

    private static byte[] wrappingKey(ArchiveKey key, byte[] salt, int iterations) {
        if (key.kind() == ArchiveKey.Kind.KEY_FILE) {
            return Hkdf.derive(key.keyFileContent(), salt, "tidemark key file");
        }
        PBEKeySpec spec = new PBEKeySpec(key.passphraseCharacters(), salt, iterations, KEY_BITS);
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA512")
                    .generateSecret(spec)
                    .getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has PBKDF2WithHmacSHA512", e);
        } finally {
            spec.clearPassword();
        }
    }
}

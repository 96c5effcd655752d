package dev.tidemark.coordinator.archive.key;

import dev.tidemark.coordinator.archive.format.Base64Text;
import dev.tidemark.coordinator.archive.format.ByteFields;
import dev.tidemark.coordinator.archive.object.ObjectId;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * The master key of an archive, wrapped by what one recipient has: the object {@code keys/master/SLOT.json}.
 *
 * @param format {@value #FORMAT}
 * @param archiveId the archive that it belongs to; slots of another one (left by an initialisation that crashed) do not count
 * @param slot random name, also the object's
 * @param label what a person calls it, 1..{@value #MAX_LABEL} characters
 * @param createdAt when it was made, in whole seconds
 * @param role word of the {@link Role}
 * @param kind word of the {@link ArchiveKey.Kind}
 * @param iterations of PBKDF2-HMAC-SHA512 for a passphrase; 0 for the other kinds
 * @param salt 32 random bytes in base 64
 * @param serviceKey name of the key at a key service; empty for the other kinds
 * @param serviceCiphertext the wrapping key as that service has encrypted it, in base 64; empty for the other kinds
 * @param secret the wrapped {@link SlotSecrets}
 * @param mac of all the rest under a key derived from the master key, base 64: who opens one slot can tell whether another one
 *     was changed
 */
public record KeySlot(
        int format,
        String archiveId,
        String slot,
        String label,
        Instant createdAt,
        String role,
        String kind,
        int iterations,
        String salt,
        String serviceKey,
        String serviceCiphertext,
        WrappedKey secret,
        String mac) {
    /** The version that this software writes and reads. */
    public static final int FORMAT = 1;

    /** Iterations of a new slot for a passphrase. */
    public static final int ITERATIONS = 210_000;

    /** Most iterations that are accepted from an archive, so that a hostile slot can't stop the process. */
    public static final int MAX_ITERATIONS = 10_000_000;

    /** Longest label. */
    public static final int MAX_LABEL = 100;

    private static final int SALT_BYTES = 32;
    private static final int KEY_BITS = 256;
    private static final int MAX_SERVICE_KEY = 2_048;
    private static final int MAX_SERVICE_CIPHERTEXT_BYTES = 6_144;

    private static final WrappedKey NOT_YET = new WrappedKey(Base64Text.encode(new byte[WrappedKey.NONCE_BYTES]), "");

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException when a value is outside of its range
     */
    public KeySlot {
        ObjectId.parse(archiveId);
        ObjectId.parse(slot);
        require(isLabel(label), "label", label);
        require(createdAt.equals(createdAt.truncatedTo(ChronoUnit.SECONDS)), "createdAt", createdAt.toString());
        require(Role.of(role).isPresent(), "role", role);
        ArchiveKey.Kind known = ArchiveKey.Kind.of(kind)
                .orElseThrow(() -> new IllegalArgumentException("kind: '" + kind + "' (expected: a known one)"));
        boolean isPassphrase = known == ArchiveKey.Kind.PASSPHRASE;
        boolean isRepeated = iterations >= ITERATIONS && iterations <= MAX_ITERATIONS;
        require(isPassphrase ? isRepeated : iterations == 0, "iterations", Integer.toString(iterations));
        require(Base64Text.decode(salt).length == SALT_BYTES, "salt", salt);
        int ciphertextLength = Base64Text.decode(serviceCiphertext).length;
        boolean isOfService = known == ArchiveKey.Kind.AWS_KMS;
        require(
                serviceKey.isEmpty() != isOfService && serviceKey.length() <= MAX_SERVICE_KEY,
                "serviceKey",
                serviceKey);
        require(
                (ciphertextLength == 0) != isOfService && ciphertextLength <= MAX_SERVICE_CIPHERTEXT_BYTES,
                "serviceCiphertext",
                serviceCiphertext);
        Base64Text.decode(mac);
    }

    /** Tells whether a text can be a label: 1..{@value #MAX_LABEL} characters, none of them a control character. */
    public static boolean isLabel(String text) {
        return !text.isBlank()
                && text.length() <= MAX_LABEL
                && text.codePoints().noneMatch(Character::isISOControl)
                && text.equals(text.strip());
    }

    /**
     * Wraps the secrets for somebody. Asks the key service when the key is at one.
     *
     * @param label what a person calls it; see {@link #isLabel}
     */
    public static KeySlot create(
            ObjectId archiveId,
            ArchiveKey key,
            String label,
            Instant createdAt,
            SlotSecrets secrets,
            RandomGenerator random) {
        ObjectId slot = new ObjectId(random.nextLong(), random.nextLong());
        byte[] salt = randomBytes(random, SALT_BYTES);
        boolean isPassphrase = key.kind() == ArchiveKey.Kind.PASSPHRASE;
        boolean isOfService = key.kind() == ArchiveKey.Kind.AWS_KMS;
        byte[] content = isOfService ? randomBytes(random, MasterKey.BYTES) : new byte[0];
        byte[] serviceCiphertext = isOfService
                ? key.service().encrypt(content, serviceContext(archiveId.toString(), slot.toString()))
                : new byte[0];
        int iterations = isPassphrase ? ITERATIONS : 0;
        byte[] wrappingKey = isOfService ? fromService(content, salt) : wrappingKey(key, salt, iterations);
        KeySlot unwrapped = new KeySlot(
                FORMAT,
                archiveId.toString(),
                slot.toString(),
                label,
                createdAt.truncatedTo(ChronoUnit.SECONDS),
                secrets.role().word(),
                key.kind().word(),
                iterations,
                Base64Text.encode(salt),
                isOfService ? key.service().keyName() : "",
                Base64Text.encode(serviceCiphertext),
                NOT_YET,
                "");
        KeySlot wrapped =
                unwrapped.with(WrappedKey.wrap(wrappingKey, unwrapped.bound(), secrets.toArray(), random), "");
        return wrapped.with(wrapped.secret, Base64Text.encode(wrapped.code(secrets.masterKey())));
    }

    /** Returns what the slot wraps, or nothing when the key is of another kind or does not fit, or the slot was changed. */
    public Optional<SlotSecrets> open(ArchiveKey key) {
        if (!key.kind().word().equals(kind)) {
            return Optional.empty();
        }
        byte[] saltBytes = Base64Text.decode(salt);
        Optional<byte[]> wrappingKey = key.kind() == ArchiveKey.Kind.AWS_KMS
                ? key.service()
                        .decrypt(Base64Text.decode(serviceCiphertext), serviceContext(archiveId, slot))
                        .map(content -> fromService(content, saltBytes))
                : Optional.of(wrappingKey(key, saltBytes, iterations));
        return wrappingKey
                .flatMap(found -> secret.unwrap(found, bound()))
                .flatMap(found -> SlotSecrets.of(Role.of(role).orElseThrow(), found))
                .filter(found -> isAuthentic(found.masterKey()));
    }

    /** Tells whether the slot is as it was made, with the master key of its archive. */
    public boolean isAuthentic(byte[] masterKey) {
        return MessageDigest.isEqual(code(masterKey), Base64Text.decode(mac));
    }

    /** Leaves out salt and ciphertext. */
    @Override
    public String toString() {
        return "KeySlot[" + slot + ", " + label + ", " + kind + ", " + role + "]";
    }

    private byte[] code(byte[] masterKey) {
        byte[] message = new ByteFields()
                .raw(bound())
                .text(secret.nonce())
                .text(secret.ciphertext())
                .toArray();
        return Hkdf.hmac(Hkdf.derive(masterKey, ObjectId.parse(archiveId).toArray(), "tidemark key slot"), message);
    }

    private KeySlot with(WrappedKey newSecret, String newMac) {
        return new KeySlot(
                format,
                archiveId,
                slot,
                label,
                createdAt,
                role,
                kind,
                iterations,
                salt,
                serviceKey,
                serviceCiphertext,
                newSecret,
                newMac);
    }

    /** Everything in front of the wrapped secret is part of what is authenticated with it. */
    private byte[] bound() {
        return new ByteFields()
                .text("tidemark key slot")
                .u32(FORMAT)
                .text(archiveId)
                .text(slot)
                .text(label)
                .text(createdAt.toString())
                .text(role)
                .text(kind)
                .u32(iterations)
                .bytes(Base64Text.decode(salt))
                .text(serviceKey)
                .bytes(Base64Text.decode(serviceCiphertext))
                .toArray();
    }

    private static Map<String, String> serviceContext(String archiveId, String slot) {
        return Map.of("tidemark-archive", archiveId, "tidemark-slot", slot);
    }

    private static byte[] fromService(byte[] content, byte[] salt) {
        return Hkdf.derive(content, salt, "tidemark key service");
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

    private static byte[] randomBytes(RandomGenerator random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static void require(boolean isMet, String component, String value) {
        if (!isMet) {
            throw new IllegalArgumentException(component + ": '" + value + "' (expected: an acceptable one)");
        }
    }
}

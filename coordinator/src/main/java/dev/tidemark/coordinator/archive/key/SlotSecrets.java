package dev.tidemark.coordinator.archive.key;

import java.util.Arrays;
import java.util.Optional;

/** What a key slot opens: the master key, and for a writer the key that its signing key is wrapped with. */
public final class SlotSecrets {
    private final Role role;
    private final byte[] secret;

    private SlotSecrets(Role role, byte[] secret) {
        this.role = role;
        this.secret = secret;
    }

    /** Joins the secrets of a slot for writers. */
    public static SlotSecrets writer(byte[] masterKey, byte[] writerKey) {
        requireLength(masterKey.length == MasterKey.BYTES && writerKey.length == WriterKey.BYTES, masterKey.length);
        byte[] both = Arrays.copyOf(masterKey, MasterKey.BYTES + WriterKey.BYTES);
        System.arraycopy(writerKey, 0, both, MasterKey.BYTES, WriterKey.BYTES);
        return new SlotSecrets(Role.WRITER, both);
    }

    /** Takes the secret of a slot for readers. */
    public static SlotSecrets reader(byte[] masterKey) {
        requireLength(masterKey.length == MasterKey.BYTES, masterKey.length);
        return new SlotSecrets(Role.READER, masterKey.clone());
    }

    /** Reads what {@link #toArray} gave; nothing when it has not the length of that role. */
    static Optional<SlotSecrets> of(Role role, byte[] secret) {
        int expected = role == Role.WRITER ? MasterKey.BYTES + WriterKey.BYTES : MasterKey.BYTES;
        return secret.length == expected ? Optional.of(new SlotSecrets(role, secret.clone())) : Optional.empty();
    }

    /** Returns which role the slot has. */
    public Role role() {
        return role;
    }

    /** Returns the master key, {@value MasterKey#BYTES} bytes. */
    public byte[] masterKey() {
        return Arrays.copyOf(secret, MasterKey.BYTES);
    }

    /** Returns the key of the signing key, {@value WriterKey#BYTES} bytes; none for a reader. */
    public Optional<byte[]> writerKey() {
        return role == Role.WRITER
                ? Optional.of(Arrays.copyOfRange(secret, MasterKey.BYTES, secret.length))
                : Optional.empty();
    }

    byte[] toArray() {
        return secret.clone();
    }

    /** Prints no secret. */
    @Override
    public String toString() {
        return "SlotSecrets[" + role.word() + "]";
    }

    private static void requireLength(boolean isRight, int length) {
        if (!isRight) {
            throw new IllegalArgumentException("key of " + length + " bytes (expected: " + MasterKey.BYTES + ")");
        }
    }
}

package dev.tidemark.coordinator.archive.key;

import java.text.Normalizer;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;

/**
 * What an operator has to open an archive: a passphrase, the content of a key file, or the right to use a key at a key service. Keeps its own copy of the secret until
 * {@link #close}; never prints it. Not thread-safe.
 */
public final class ArchiveKey implements AutoCloseable {
    /** Smallest key file. */
    public static final int MIN_KEY_FILE_BYTES = 32;

    /** Largest key file. */
    public static final int MAX_KEY_FILE_BYTES = 1 << 20;

    /** The kinds of key. */
    public enum Kind {
        /** Text that people remember; made slow to guess by PBKDF2. */
        PASSPHRASE("passphrase"),
        /** Random bytes in a file. */
        KEY_FILE("key-file"),
        /** A key of AWS KMS, which never leaves it. */
        AWS_KMS("aws-kms");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        /** Returns the word for it, also in the format and the configuration. */
        public String word() {
            return word;
        }

        /** Returns the kind with this word. */
        public static Optional<Kind> of(String word) {
            return Arrays.stream(values())
                    .filter(kind -> kind.word.equals(word))
                    .findFirst();
        }
    }

    private final Kind kind;
    private final char[] passphrase;
    private final byte[] keyFile;
    private final KeyService service;

    private ArchiveKey(Kind kind, char[] passphrase, byte[] keyFile, KeyService service) {
        this.kind = kind;
        this.passphrase = passphrase;
        this.keyFile = keyFile;
        this.service = service;
    }

    /**
     * Makes a key of a passphrase; it counts in Unicode normalisation form C, so that the keyboard does not matter.
     *
     * @param passphrase 1 character or more; copied, the caller may overwrite it
     * @throws IllegalArgumentException when it is empty
     */
    public static ArchiveKey passphrase(char[] passphrase) {
        if (passphrase.length == 0) {
            throw new IllegalArgumentException("passphrase: empty (expected: 1 character or more)");
        }
        char[] normalised = Normalizer.normalize(java.nio.CharBuffer.wrap(passphrase), Normalizer.Form.NFC)
                .toCharArray();
        return new ArchiveKey(Kind.PASSPHRASE, normalised, new byte[0], null);
    }

    /**
     * Makes a key of the content of a key file.
     *
     * @param content {@value #MIN_KEY_FILE_BYTES}..{@value #MAX_KEY_FILE_BYTES} random bytes; copied
     * @throws IllegalArgumentException when it is too short or too long
     */
    public static ArchiveKey keyFile(byte[] content) {
        if (content.length < MIN_KEY_FILE_BYTES || content.length > MAX_KEY_FILE_BYTES) {
            throw new IllegalArgumentException("key file: " + content.length + " bytes (expected: " + MIN_KEY_FILE_BYTES
                    + ".." + MAX_KEY_FILE_BYTES + ")");
        }
        return new ArchiveKey(Kind.KEY_FILE, new char[0], content.clone(), null);
    }

    /** Makes a key of one at AWS KMS; it is closed with the returned one. */
    public static ArchiveKey awsKms(KeyService service) {
        return new ArchiveKey(Kind.AWS_KMS, new char[0], new byte[0], service);
    }

    /** Returns which kind it is. */
    public Kind kind() {
        return kind;
    }

    char[] passphraseCharacters() {
        return passphrase;
    }

    byte[] keyFileContent() {
        return keyFile;
    }

    KeyService service() {
        return Objects.requireNonNull(service, "a key of this kind is at no service");
    }

    /** Overwrites the secret, or ends the connections to the service. */
    @Override
    public void close() {
        if (service != null) {
            service.close();
        }
        Arrays.fill(passphrase, '\0');
        Arrays.fill(keyFile, (byte) 0);
    }

    /** Returns the kind alone. */
    @Override
    public String toString() {
        return "ArchiveKey[" + kind + "]";
    }
}

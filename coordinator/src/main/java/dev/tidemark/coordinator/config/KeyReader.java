package dev.tidemark.coordinator.config;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.key.ArchiveKey;
import dev.tidemark.coordinator.archive.kms.AwsKmsKey;
import dev.tidemark.kvs.ErrorCode;
import java.nio.file.Path;

/** Reads the secret that a section says where to find. */
public final class KeyReader {
    private final SecretReader secrets;

    /** Creates a reader; reads nothing yet. */
    public KeyReader(SecretReader secrets) {
        this.secrets = secrets;
    }

    /**
     * Reads it.
     *
     * @throws CoordinatorException {@link ErrorCode#INVALID_CONFIGURATION} when it is not there, or not private, or no such secret;
     *     {@link ErrorCode#READ_ONLY_KEY} for a public key
     */
    public ArchiveKey read(KeyConfiguration configuration) {
        if (configuration instanceof KeyConfiguration.KeyFile keyFile) {
            return keyFile(keyFile.file());
        }
        if (configuration instanceof KeyConfiguration.AwsKms awsKms) {
            return ArchiveKey.awsKms(AwsKmsKey.create(awsKms.toSettings()));
        }
        if (configuration instanceof KeyConfiguration.Passphrase passphrase) {
            return ArchiveKey.passphrase(secrets.line("passphrase", passphrase.file(), passphrase.environment())
                    .toCharArray());
        }
        throw new CoordinatorException(
                ErrorCode.READ_ONLY_KEY,
                "the configuration has only the archive's public key (expected: a passphrase, key file or KMS key)",
                "Use a configuration with a secret 'archive.key'; with the public key the archive can only be checked.");
    }

    private static ArchiveKey keyFile(Path file) {
        byte[] content = SecretReader.bytes("key", file);
        if (content.length < ArchiveKey.MIN_KEY_FILE_BYTES || content.length > ArchiveKey.MAX_KEY_FILE_BYTES) {
            throw new CoordinatorException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "key file '" + file + "' has " + content.length + " bytes (expected: "
                            + ArchiveKey.MIN_KEY_FILE_BYTES + " to " + ArchiveKey.MAX_KEY_FILE_BYTES + ")",
                    "Make one with: head -c 32 /dev/urandom > " + file);
        }
        return ArchiveKey.keyFile(content);
    }
}

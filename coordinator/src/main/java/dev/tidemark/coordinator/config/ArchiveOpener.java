package dev.tidemark.coordinator.config;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.ArchiveSeams;
import dev.tidemark.coordinator.archive.PublicArchive;
import dev.tidemark.coordinator.archive.filesystem.FilesystemObjectStore;
import dev.tidemark.coordinator.archive.key.ArchiveKey;
import dev.tidemark.coordinator.archive.key.VerifyingKey;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.kvs.ErrorCode;
import java.security.GeneralSecurityException;
import java.util.function.UnaryOperator;

/** The archive that a configuration describes. */
public final class ArchiveOpener {
    private final ArchiveConfiguration configuration;
    private final SecretReader secrets;
    private final ArchiveSeams seams;
    private final UnaryOperator<ObjectStore> decoration;

    /**
     * Creates an opener; opens nothing.
     *
     * @param environment value of an environment variable, null when it is not set
     * @param decoration returns what is used instead of the object store
     */
    public ArchiveOpener(
            ArchiveConfiguration configuration,
            UnaryOperator<String> environment,
            ArchiveSeams seams,
            UnaryOperator<ObjectStore> decoration) {
        this.configuration = configuration;
        this.secrets = new SecretReader(environment);
        this.seams = seams;
        this.decoration = decoration;
    }

    /** Creates the archive; see {@link Archive#create}. */
    public Archive create() {
        try (ArchiveKey key = key()) {
            return Archive.create(objectStore(), key, seams);
        }
    }

    /** Opens the archive with its key; see {@link Archive#open}. */
    public Archive open() {
        try (ArchiveKey key = key()) {
            String id = configuration.id();
            return id.isEmpty() ? Archive.open(objectStore(), key, seams) : Archive.open(objectStore(), key, seams, id);
        }
    }

    /**
     * Opens the archive for whatever needs no secret. With a secret in the configuration the public key is what the archive's own
     * header says after it was authenticated; else it is the one of the configuration.
     *
     * @throws CoordinatorException as {@link PublicArchive#open}, or as {@link #open} with a secret
     */
    public PublicArchive openPublic() {
        if (!(configuration.key() instanceof KeyConfiguration.PublicKey publicKey)) {
            return open().toPublic();
        }
        VerifyingKey trusted = read(publicKey);
        String id = configuration.id();
        return id.isEmpty()
                ? PublicArchive.open(objectStore(), trusted)
                : PublicArchive.open(objectStore(), trusted, id);
    }

    private static VerifyingKey read(KeyConfiguration.PublicKey publicKey) {
        try {
            return VerifyingKey.ofPem(SecretReader.text("public key", publicKey.file()));
        } catch (GeneralSecurityException e) {
            throw new CoordinatorException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "public key file '" + publicKey.file() + "' has no Ed25519 public key in it: " + e.getMessage(),
                    "Write what 'tidemark archive public-key' prints into the file.",
                    e);
        }
    }

    private ObjectStore objectStore() {
        if (configuration instanceof ArchiveConfiguration.Filesystem filesystem) {
            return decoration.apply(FilesystemObjectStore.open(filesystem.directory(), seams.random()));
        }
        throw new IllegalStateException("archive: " + configuration + " (expected: a known type)");
    }

    private ArchiveKey key() {
        return new KeyReader(secrets).read(configuration.key());
    }
}

package dev.tidemark.coordinator.config;

import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.ArchiveSeams;
import dev.tidemark.coordinator.archive.filesystem.FilesystemObjectStore;
import dev.tidemark.coordinator.archive.key.ArchiveKey;
import dev.tidemark.coordinator.archive.object.ObjectStore;
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

    private ObjectStore objectStore() {
        if (configuration instanceof ArchiveConfiguration.Filesystem filesystem) {
            return decoration.apply(FilesystemObjectStore.open(filesystem.directory(), seams.random()));
        }
        throw new IllegalStateException("archive: " + configuration + " (expected: a known type)");
    }

    private ArchiveKey key() {
        KeyConfiguration key = configuration.key();
        if (key instanceof KeyConfiguration.KeyFile keyFile) {
            return ArchiveKey.keyFile(SecretReader.bytes("key", keyFile.file()));
        }
        KeyConfiguration.Passphrase passphrase = (KeyConfiguration.Passphrase) key;
        return ArchiveKey.passphrase(secrets.line("passphrase", passphrase.file(), passphrase.environment())
                .toCharArray());
    }
}

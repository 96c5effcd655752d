package dev.tidemark.coordinator.config;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.ArchiveSeams;
import dev.tidemark.coordinator.archive.PublicArchive;
import dev.tidemark.coordinator.archive.filesystem.FilesystemObjectStore;
import dev.tidemark.coordinator.archive.key.ArchiveKey;
import dev.tidemark.coordinator.archive.key.VerifyingKey;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.coordinator.archive.records.RecordedView;
import dev.tidemark.coordinator.archive.retry.Retries;
import dev.tidemark.coordinator.archive.retry.RetryCounts;
import dev.tidemark.coordinator.archive.retry.RetrySeams;
import dev.tidemark.coordinator.archive.retry.RetryingObjectStore;
import dev.tidemark.coordinator.archive.s3.S3ObjectStore;
import dev.tidemark.coordinator.archive.s3.S3Seams;
import dev.tidemark.kvs.ErrorCode;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.function.UnaryOperator;

/** The archive that a configuration describes. Closing it frees the connections to the store. Not thread-safe. */
public final class ArchiveOpener implements AutoCloseable {
    private final ArchiveConfiguration configuration;
    private final SecretReader secrets;
    private final ArchiveSeams seams;
    private final RetrySeams retrySeams;
    private final UnaryOperator<ObjectStore> decoration;
    private S3ObjectStore bucket;
    private RetryingObjectStore retrying;

    /**
     * Creates an opener; opens nothing.
     *
     * @param environment value of an environment variable, null when it is not set
     * @param retrySeams for stores that are reached by a network
     * @param decoration returns what is used instead of the object store
     */
    public ArchiveOpener(
            ArchiveConfiguration configuration,
            UnaryOperator<String> environment,
            ArchiveSeams seams,
            RetrySeams retrySeams,
            UnaryOperator<ObjectStore> decoration) {
        this.configuration = configuration;
        this.secrets = new SecretReader(environment);
        this.seams = seams;
        this.retrySeams = retrySeams;
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

    /** Tells whether the configuration has a secret, rather than the public key alone. */
    public boolean hasSecret() {
        return !(configuration.key() instanceof KeyConfiguration.PublicKey);
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

    /** Returns how often the store was asked again. */
    public RetryCounts retryCounts() {
        return retrying == null ? RetryCounts.NONE : retrying.counts();
    }

    /**
     * Opens a folder of the bucket below the archive's prefix, for measurements; nothing is tried again, and the caller closes it.
     *
     * @param folder ends with a slash
     * @throws CoordinatorException {@link ErrorCode#INVALID_CONFIGURATION} when the archive is in no bucket
     */
    public S3ObjectStore openFolder(String folder) {
        if (!(configuration instanceof S3Archive s3)) {
            throw new CoordinatorException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "the configured archive is in no bucket (expected: 'type: s3')",
                    "Name a configuration with an archive in S3 with --config.");
        }
        return openBucket(s3, folder, Retries.none());
    }

    @Override
    public void close() {
        if (bucket != null) {
            bucket.close();
            bucket = null;
        }
    }

    private ObjectStore objectStore() {
        if (configuration instanceof S3Archive s3) {
            return decoration.apply(bucket(s3));
        }
        ArchiveConfiguration.Filesystem filesystem = (ArchiveConfiguration.Filesystem) configuration;
        return decoration.apply(FilesystemObjectStore.open(filesystem.directory(), seams.random()));
    }

    private ObjectStore bucket(S3Archive s3) {
        if (bucket == null) {
            Retries retries = new Retries(s3.retry().settings(), retrySeams);
            bucket = openBucket(s3, "", retries);
            retrying = new RetryingObjectStore(atItsTime(s3), retries);
        }
        return s3.records() == null
                ? retrying
                : new RecordedView(retrying, FilesystemObjectStore.open(s3.records(), seams.random()));
    }

    private S3ObjectStore openBucket(S3Archive s3, String folder, Retries retries) {
        S3Seams surroundings = new S3Seams(seams.clock(), retrySeams.clock(), seams.workers(), retries);
        return new S3Opener(secrets, surroundings).open(s3, folder);
    }

    private ObjectStore atItsTime(S3Archive s3) {
        if (s3.asOf() == null) {
            return bucket;
        }
        Instant time = Instant.parse(s3.asOf());
        if (time.isAfter(seams.clock().instant())) {
            throw new CoordinatorException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "'asOf' is '" + time + "' (expected: an instant that has passed)",
                    "Correct the time, or leave 'asOf' out for the present state.");
        }
        return bucket.asOf(time);
    }

    private ArchiveKey key() {
        return new KeyReader(secrets).read(configuration.key());
    }
}

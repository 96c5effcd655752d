package dev.tidemark.coordinator.archive;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.audit.AuditKeys;
import dev.tidemark.coordinator.archive.audit.AuditLog;
import dev.tidemark.coordinator.archive.certificate.CertificateCheck;
import dev.tidemark.coordinator.archive.key.VerifyingKey;
import dev.tidemark.coordinator.archive.manifest.ManifestReader;
import dev.tidemark.coordinator.archive.object.NamespaceLayout;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.kvs.ErrorCode;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * An archive as somebody sees it who has its public key and no secret: everything that is signed can be believed, nothing that
 * is encrypted can be read. Thread-safe. Writes nothing. Operating errors are {@link CoordinatorException}; those of the store
 * ({@link ObjectStore}) pass through every method.
 *
 * <p>Of the header only the public key is compared with what the caller trusts. The rest of it (chunk size, time of creation)
 * is authenticated by the master key alone, and hearsay here.
 */
public final class PublicArchive {
    private final ObjectStore store;
    private final ArchiveHeader header;
    private final VerifyingKey verifyingKey;

    PublicArchive(ObjectStore store, ArchiveHeader header, VerifyingKey verifyingKey) {
        this.store = store;
        this.header = header;
        this.verifyingKey = verifyingKey;
    }

    /**
     * Opens an archive.
     *
     * @param trusted the public key as it was noted when the archive was created, not as the archive says it is
     * @throws CoordinatorException {@link ErrorCode#ARCHIVE_NOT_FOUND} when there is none, {@link ErrorCode#WRONG_KEY} when
     *     it has another public key, {@link ErrorCode#UNKNOWN_FORMAT_VERSION} when it is of a later version,
     *     {@link ErrorCode#OBJECT_DAMAGED} when its header can't be read
     */
    public static PublicArchive open(ObjectStore store, VerifyingKey trusted) {
        return open(store, trusted, ArchiveHeader.read(store));
    }

    /**
     * Opens an archive and checks that it is the one that is meant.
     *
     * @param expectedArchiveId id of the archive, 32 lower-case hexadecimal digits
     * @throws CoordinatorException {@link ErrorCode#ARCHIVE_MISMATCH} when it is another one, and as the other method
     */
    public static PublicArchive open(ObjectStore store, VerifyingKey trusted, String expectedArchiveId) {
        ArchiveHeader header = ArchiveHeader.read(store);
        header.requireId(store, expectedArchiveId);
        return open(store, trusted, header);
    }

    private static PublicArchive open(ObjectStore store, VerifyingKey trusted, ArchiveHeader header) {
        if (!Arrays.equals(header.verifyingKey().encoded(), trusted.encoded())) {
            throw new CoordinatorException(
                    ErrorCode.WRONG_KEY,
                    "the public key of the archive at '" + store.location() + "' is '" + header.signingKeyId()
                            + "' (expected: '" + trusted.id() + "')",
                    "Check that it is the public key of this archive ('tidemark archive public-key' where the secret key is);"
                            + " if it is, the header was changed.");
        }
        return new PublicArchive(store, header, trusted);
    }

    /** Returns the archive's id, 32 lower-case hexadecimal digits: what the header says, and every manifest that is read confirms. */
    public String id() {
        return header.archiveId();
    }

    /** Returns the header; of it, only the public key was compared with something trusted. */
    public ArchiveHeader header() {
        return header;
    }

    /** Returns where the objects are. */
    public ObjectStore store() {
        return store;
    }

    /** Returns the key that verifies signatures. */
    public VerifyingKey verifyingKey() {
        return verifyingKey;
    }

    /** Returns the log of what was done to the archive; what readers have done can't be authenticated. */
    public AuditLog audit() {
        return new AuditLog(store, header.archiveId(), AuditKeys.publicOnly(verifyingKey));
    }

    /** Returns the names of the namespaces that have anything in the archive, ordered. */
    public List<String> namespaces() {
        return NamespaceLayout.names(store);
    }

    /**
     * Returns the manifests of a namespace.
     *
     * @throws CoordinatorException {@link ErrorCode#INVALID_INPUT} when the name is empty or too long
     */
    public ManifestReader manifests(String namespace) {
        return new ManifestReader(store, NamespaceLayout.of(namespace), header.archiveId(), verifyingKey);
    }

    /**
     * Returns what compares the certificates of a namespace with the archive as it is.
     *
     * @throws CoordinatorException {@link ErrorCode#INVALID_INPUT} when the name is empty or too long
     */
    public CertificateCheck certificateCheck(String namespace) {
        return new CertificateCheck(store, NamespaceLayout.of(namespace), header.archiveId(), verifyingKey);
    }

    /**
     * Returns what says that the namespace was shredded.
     *
     * @throws CoordinatorException {@link ErrorCode#OBJECT_DAMAGED} when an object in its place was not signed for it
     */
    public Optional<Tombstone> tombstone(String namespace) {
        return new Tombstones(store, NamespaceLayout.of(namespace), header.archiveId(), verifyingKey).last();
    }

    @Override
    public String toString() {
        return "PublicArchive[" + id() + " at " + store.location() + "]";
    }
}

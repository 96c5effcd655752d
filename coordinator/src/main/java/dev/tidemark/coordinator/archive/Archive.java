package dev.tidemark.coordinator.archive;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.format.Base64Text;
import dev.tidemark.coordinator.archive.format.FormatErrors;
import dev.tidemark.coordinator.archive.format.StrictJson;
import dev.tidemark.coordinator.archive.key.ArchiveKey;
import dev.tidemark.coordinator.archive.key.MasterKey;
import dev.tidemark.coordinator.archive.key.SigningKey;
import dev.tidemark.coordinator.archive.key.VerifyingKey;
import dev.tidemark.coordinator.archive.manifest.ManifestReader;
import dev.tidemark.coordinator.archive.object.NamespaceLayout;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.coordinator.archive.object.ObjectStoreProbe;
import dev.tidemark.coordinator.archive.sealed.DataKeys;
import dev.tidemark.coordinator.archive.sealed.Sealer;
import dev.tidemark.kvs.ErrorCode;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * An archive that was opened with a key. Thread-safe. Operating errors are {@link CoordinatorException}; those of the store
 * ({@link ObjectStore}) pass through every method.
 */
public final class Archive {
    private final ObjectStore store;
    private final ArchiveHeader header;
    private final MasterKey masterKey;
    private final SigningKey signingKey;
    private final RandomGenerator random;
    private final NamespaceKeys namespaceKeys;

    private Archive(
            ObjectStore store,
            ArchiveHeader header,
            MasterKey masterKey,
            SigningKey signingKey,
            RandomGenerator random) {
        this.store = store;
        this.header = header;
        this.masterKey = masterKey;
        this.signingKey = signingKey;
        this.random = random;
        namespaceKeys = new NamespaceKeys(store, ObjectId.parse(header.archiveId()), masterKey, random);
    }

    /**
     * Creates an archive, after a probe of the store. The header is written last; of several creations at one place exactly
     * one succeeds, and one that was interrupted leaves at most a key slot that does not count.
     *
     * @param key what will open it
     * @throws CoordinatorException {@link ErrorCode#ARCHIVE_EXISTS} when there is one, {@link ErrorCode#ARCHIVE_TOO_WEAK} when
     *     the store does not keep what an archive needs
     */
    public static Archive create(ObjectStore store, ArchiveKey key, ArchiveSeams seams) {
        if (store.head(ArchiveHeader.KEY).isPresent()) {
            throw exists(store);
        }
        RandomGenerator random = seams.random();
        List<String> probe = new ObjectStoreProbe(store, seams.workers(), random).run();
        ObjectId archiveId = new ObjectId(random.nextLong(), random.nextLong());
        MasterKey masterKey = MasterKey.generate(archiveId, random);
        SigningKey signingKey = SigningKey.generate(random);
        Instant createdAt = seams.clock().instant().truncatedTo(ChronoUnit.SECONDS);
        ArchiveHeader header = header(archiveId, createdAt, probe, masterKey, signingKey, random);
        new KeySlots(store).add(masterKey, key, random);
        try {
            store.createOrConfirm(ArchiveHeader.KEY, ByteBuffer.wrap(StrictJson.encode(header)));
        } catch (CoordinatorException e) {
            throw e.code() == ErrorCode.OBJECT_EXISTS ? exists(store) : e;
        }
        return open(store, key, seams);
    }

    /**
     * Opens an archive.
     *
     * @throws CoordinatorException {@link ErrorCode#ARCHIVE_NOT_FOUND} when there is none, {@link ErrorCode#WRONG_KEY} when the
     *     key fits no slot, {@link ErrorCode#UNKNOWN_FORMAT_VERSION} when it is of a later version,
     *     {@link ErrorCode#OBJECT_DAMAGED} when its header or key slots were changed
     */
    public static Archive open(ObjectStore store, ArchiveKey key, ArchiveSeams seams) {
        ArchiveHeader header = ArchiveHeader.read(store);
        MasterKey masterKey = new KeySlots(store).open(header.archiveId(), key);
        if (!masterKey.isAuthentic(header.authenticated(), Base64Text.decode(header.mac()))) {
            throw FormatErrors.damaged(ArchiveHeader.KEY.value(), "it was changed since the archive was created");
        }
        return new Archive(store, header, masterKey, signingKey(header, masterKey), seams.random());
    }

    /**
     * Opens an archive and checks that it is the one that is meant.
     *
     * @param expectedArchiveId id of the archive, 32 lower-case hexadecimal digits
     * @throws CoordinatorException {@link ErrorCode#ARCHIVE_MISMATCH} when it is another one, and as the other method
     */
    public static Archive open(ObjectStore store, ArchiveKey key, ArchiveSeams seams, String expectedArchiveId) {
        ArchiveHeader.read(store).requireId(store, expectedArchiveId);
        return open(store, key, seams);
    }

    /** Returns the archive's id, 32 lower-case hexadecimal digits. */
    public String id() {
        return header.archiveId();
    }

    /** Returns the header; it was authenticated with the master key. */
    public ArchiveHeader header() {
        return header;
    }

    /** Returns the public half of the key pair that signs; it was authenticated with the master key. */
    public VerifyingKey verifyingKey() {
        return signingKey.verifyingKey();
    }

    /** Returns what can be read of this archive with the public key alone. */
    public PublicArchive toPublic() {
        return new PublicArchive(store, header, signingKey.verifyingKey());
    }

    /** Returns where the objects are. */
    public ObjectStore store() {
        return store;
    }

    /**
     * Opens a namespace.
     *
     * @throws CoordinatorException {@link ErrorCode#UNKNOWN_NAMESPACE} when there is none, {@link ErrorCode#KEY_DESTROYED} when
     *     its objects are there and its keys are not, {@link ErrorCode#OBJECT_DAMAGED} when a key was changed
     */
    public NamespaceArchive namespace(String name) {
        NamespaceLayout layout = NamespaceLayout.of(name);
        if (!namespaceKeys.exist(layout)) {
            throw noKeys(layout);
        }
        DataKeys keys = namespaceKeys.read(layout);
        return new NamespaceArchive(
                store, layout, header.archiveId(), new Sealer(keys, random), header.chunkSizeBytes(), signingKey);
    }

    /** Returns the manifests of a namespace, to be read without its keys. */
    public ManifestReader manifests(String name) {
        return new ManifestReader(store, NamespaceLayout.of(name), header.archiveId(), signingKey.verifyingKey());
    }

    /**
     * Creates a namespace and opens it; one that is there is opened.
     *
     * @param name not empty, at most 200 characters when escaped ({@link ObjectKey#escape})
     * @throws CoordinatorException {@link ErrorCode#KEY_DESTROYED} when objects of a namespace of this name are there and its
     *     keys are not
     */
    public NamespaceArchive createNamespace(String name) {
        NamespaceLayout layout = NamespaceLayout.of(name);
        if (namespaceKeys.exist(layout)) {
            namespaceKeys.confirm(layout);
        } else if (store.list(layout.prefix(), "", 1).isEmpty()) {
            namespaceKeys.create(layout);
        } else {
            throw noKeys(layout);
        }
        return namespace(name);
    }

    /** Lets another passphrase or key file open the archive too. */
    public void addKey(ArchiveKey key) {
        if (new KeySlots(store).read(id(), new ArrayList<>()).size() >= KeySlots.MAX_SLOTS) {
            throw new CoordinatorException(
                    ErrorCode.NOT_ALLOWED_NOW,
                    "the archive has " + KeySlots.MAX_SLOTS + " key slots (expected: fewer)",
                    "Remove a key slot that nobody uses.");
        }
        new KeySlots(store).add(masterKey, key, random);
    }

    @Override
    public String toString() {
        return "Archive[" + id() + " at " + store.location() + "]";
    }

    /** Returns the names of the namespaces that have anything in the archive, be it without their keys, ordered. */
    public List<String> namespaces() {
        return NamespaceLayout.names(store);
    }

    private static ArchiveHeader header(
            ObjectId archiveId,
            Instant createdAt,
            List<String> probe,
            MasterKey masterKey,
            SigningKey signingKey,
            RandomGenerator random) {
        VerifyingKey publicKey = signingKey.verifyingKey();
        ArchiveHeader header = new ArchiveHeader(
                ArchiveHeader.FORMAT,
                archiveId.toString(),
                createdAt,
                ArchiveHeader.DEFAULT_CHUNK_SIZE,
                probe,
                publicKey.id(),
                Base64Text.encode(publicKey.encoded()),
                masterKey.wrap(MasterKey.Purpose.signing(publicKey.encoded()), signingKey.privateKey(), random),
                "");
        return header.withMac(masterKey.authenticate(header.authenticated()));
    }

    private static SigningKey signingKey(ArchiveHeader header, MasterKey masterKey) {
        VerifyingKey publicKey = header.verifyingKey();
        try {
            byte[] privateKey = masterKey
                    .unwrap(MasterKey.Purpose.signing(publicKey.encoded()), header.signingPrivateKey())
                    .orElseThrow(() -> FormatErrors.damaged(
                            ArchiveHeader.KEY.value(), "its signing key is not the one of this archive"));
            return SigningKey.of(privateKey, publicKey);
        } catch (GeneralSecurityException e) {
            throw FormatErrors.damaged(ArchiveHeader.KEY.value(), "its signing key can't be read", e);
        }
    }

    private CoordinatorException noKeys(NamespaceLayout layout) {
        if (store.list(layout.prefix(), "", 1).isEmpty()) {
            return new CoordinatorException(
                    ErrorCode.UNKNOWN_NAMESPACE,
                    "the archive has no namespace '" + layout.namespace() + "'",
                    "Check the name; a namespace comes into being with its first backup.");
        }
        return new CoordinatorException(
                ErrorCode.KEY_DESTROYED,
                "the keys of namespace '" + layout.namespace() + "' are not in the archive: nothing is below '"
                        + layout.dataKeys() + "'",
                "Restore the objects below '" + layout.dataKeys() + "' from a copy of the archive, if there is one.");
    }

    private static CoordinatorException exists(ObjectStore store) {
        return new CoordinatorException(
                ErrorCode.ARCHIVE_EXISTS,
                "there is an archive at '" + store.location() + "' already (expected: none)",
                "Use the archive that is there, or another location.");
    }
}

package dev.tidemark.coordinator.archive;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.audit.AuditKeys;
import dev.tidemark.coordinator.archive.audit.AuditLog;
import dev.tidemark.coordinator.archive.format.Base64Text;
import dev.tidemark.coordinator.archive.format.FormatErrors;
import dev.tidemark.coordinator.archive.format.StrictJson;
import dev.tidemark.coordinator.archive.key.ArchiveKey;
import dev.tidemark.coordinator.archive.key.KeySlot;
import dev.tidemark.coordinator.archive.key.MasterKey;
import dev.tidemark.coordinator.archive.key.Signer;
import dev.tidemark.coordinator.archive.key.SigningKey;
import dev.tidemark.coordinator.archive.key.SlotSecrets;
import dev.tidemark.coordinator.archive.key.VerifyingKey;
import dev.tidemark.coordinator.archive.key.WrappedKey;
import dev.tidemark.coordinator.archive.key.WriterKey;
import dev.tidemark.coordinator.archive.manifest.ManifestReader;
import dev.tidemark.coordinator.archive.object.NamespaceLayout;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.coordinator.archive.object.ObjectStoreProbe;
import dev.tidemark.coordinator.archive.sealed.DataKeys;
import dev.tidemark.coordinator.archive.sealed.SealedDocuments;
import dev.tidemark.coordinator.archive.sealed.Sealer;
import dev.tidemark.kvs.ErrorCode;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * An archive that was opened with a key. Thread-safe. Operating errors are {@link CoordinatorException}; those of the store
 * ({@link ObjectStore}) pass through every method.
 */
public final class Archive {
    private static final String FIRST_SLOT = "first";

    private final ObjectStore store;
    private final ArchiveHeader header;
    private final MasterKey masterKey;
    private final Signer signer;
    private final RandomGenerator random;
    private final NamespaceKeys namespaceKeys;
    private final ArchiveKeys keys;

    private Archive(
            ObjectStore store, ArchiveHeader header, KeySlots.Opened opened, Signer signer, ArchiveSeams seams) {
        this.store = store;
        this.header = header;
        this.signer = signer;
        ObjectId archiveId = ObjectId.parse(header.archiveId());
        masterKey = new MasterKey(opened.secrets().masterKey(), archiveId);
        random = seams.random();
        namespaceKeys = new NamespaceKeys(store, archiveId, masterKey, signer.verifyingKey(), random);
        keys = new ArchiveKeys(store, header.archiveId(), masterKey, opened, seams.clock(), random);
    }

    /**
     * Creates an archive, after a probe of the store. The header is written last; of several creations at one place exactly
     * one succeeds, and one that was interrupted leaves at most a key slot that does not count.
     *
     * @param key what will open it, in the role of a writer
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
        byte[] writerKey = new byte[WriterKey.BYTES];
        random.nextBytes(writerKey);
        WrappedKey wrapped = new WriterKey(writerKey, archiveId)
                .wrap(signingKey.verifyingKey().encoded(), signingKey.privateKey(), random);
        ArchiveHeader header =
                ArchiveHeader.create(archiveId, createdAt, probe, masterKey, signingKey.verifyingKey(), wrapped);
        SlotSecrets secrets = SlotSecrets.writer(masterKey.toArray(), writerKey);
        new KeySlots(store, archiveId.toString())
                .add(KeySlot.create(archiveId, key, FIRST_SLOT, createdAt, secrets, random));
        try {
            store.createOrConfirm(ArchiveHeader.KEY, ByteBuffer.wrap(StrictJson.encode(header)));
        } catch (CoordinatorException e) {
            throw e.code() == ErrorCode.OBJECT_EXISTS ? exists(store) : e;
        }
        return open(store, key, seams);
    }

    /**
     * Opens an archive. The slot that the key fits decides what can be done with it: with that of a reader everything but what has to
     * be signed; see {@link #signer}.
     *
     * @throws CoordinatorException {@link ErrorCode#ARCHIVE_NOT_FOUND} when there is none, {@link ErrorCode#WRONG_KEY} when the
     *     key fits no slot, {@link ErrorCode#UNKNOWN_FORMAT_VERSION} when it is of a later version,
     *     {@link ErrorCode#OBJECT_DAMAGED} when its header or key slots were changed, and
     *     those of {@link dev.tidemark.coordinator.archive.key.KeyService}
     */
    public static Archive open(ObjectStore store, ArchiveKey key, ArchiveSeams seams) {
        ArchiveHeader header = ArchiveHeader.read(store);
        KeySlots.Opened opened = new KeySlots(store, header.archiveId()).open(key);
        MasterKey masterKey = new MasterKey(opened.secrets().masterKey(), ObjectId.parse(header.archiveId()));
        if (!masterKey.isAuthentic(header.authenticated(), Base64Text.decode(header.mac()))) {
            throw FormatErrors.damaged(ArchiveHeader.KEY.value(), "it was changed since the archive was created");
        }
        return new Archive(store, header, opened, signer(header, opened.secrets()), seams);
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
        return signer.verifyingKey();
    }

    /** Returns the right to sign, as far as the slot that the archive was opened with gives it. */
    public Signer signer() {
        return signer;
    }

    /** Returns who can open the archive. */
    public ArchiveKeys keys() {
        return keys;
    }

    /** Returns the log of what was done to the archive; each one finds its end by itself. */
    public AuditLog audit() {
        return new AuditLog(store, header.archiveId(), AuditKeys.of(signer, masterKey::authenticateAudit));
    }

    /** Returns the sealed documents of the archive itself: those of no namespace. */
    public SealedDocuments documents() {
        return new SealedDocuments(store, new Sealer(namespaceKeys.none(), random));
    }

    /** Returns what can be read of this archive with the public key alone. */
    public PublicArchive toPublic() {
        return new PublicArchive(store, header, signer.verifyingKey());
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
        NamespaceArchive opened = open(layout, namespaceKeys.read(layout));
        opened.requireDataKey();
        return opened;
    }

    /**
     * Opens a namespace for its journals and its lock alone, which don't need its data keys: also one that was shredded, or whose keys
     * are lost or damaged.
     *
     * @throws CoordinatorException {@link ErrorCode#UNKNOWN_NAMESPACE} when there is none
     */
    public NamespaceArchive records(String name) {
        NamespaceLayout layout = NamespaceLayout.of(name);
        if (store.list(layout.prefix(), "", 1).isEmpty()) {
            throw noKeys(layout);
        }
        return open(layout, namespaceKeys.none(layout));
    }

    /** Returns the mark that data keys of a namespace were destroyed, if they ever were: the latest. */
    public Optional<Tombstone> tombstone(String name) {
        return namespaceKeys.tombstones(NamespaceLayout.of(name)).last();
    }

    /** Returns the manifests of a namespace, to be read without its keys. */
    public ManifestReader manifests(String name) {
        return new ManifestReader(store, NamespaceLayout.of(name), header.archiveId(), signer.verifyingKey());
    }

    /**
     * Creates a namespace and opens it; one that is there is opened, and one that was shredded is begun anew under the next data key.
     *
     * @param name not empty, at most 200 characters when escaped ({@link ObjectKey#escape})
     * @throws CoordinatorException {@link ErrorCode#KEY_DESTROYED} when objects of a namespace of this name are there and its
     *     keys are not, and nothing says why, or when keys that were destroyed are still there
     */
    public NamespaceArchive createNamespace(String name) {
        NamespaceLayout layout = NamespaceLayout.of(name);
        Optional<Tombstone> tombstone = namespaceKeys.tombstones(layout).last();
        if (namespaceKeys.exist(layout)) {
            namespaceKeys.confirm(layout);
            tombstone.ifPresent(found -> requireCompleted(layout, found));
        } else if (tombstone.isPresent() || store.list(layout.prefix(), "", 1).isEmpty()) {
            namespaceKeys.create(layout);
        } else {
            throw noKeys(layout);
        }
        return namespace(name);
    }

    /** Begins a new data key of a namespace, under its lock; returns its number. What older ones encrypt stays readable. */
    public int rotateDataKey(String name) {
        NamespaceLayout layout = NamespaceLayout.of(name);
        namespace(name);
        return namespaceKeys.create(layout);
    }

    /** Tells whether all data keys of a namespace were destroyed on purpose, and none was begun since. */
    public boolean isShredded(String name) {
        return tombstone(name)
                .filter(found -> found.keyId() == lastDataKey(name))
                .isPresent();
    }

    /** Tells whether there is any object where the data keys of a namespace are. */
    public boolean hasDataKeys(String name) {
        return namespaceKeys.exist(NamespaceLayout.of(name));
    }

    /** Returns the greatest number that a data key of a namespace has or had; 0 when there is none. */
    public int lastDataKey(String name) {
        return namespaceKeys.lastId(NamespaceLayout.of(name));
    }

    /**
     * Signs and writes the mark that the data keys of a namespace up to one are destroyed: from then on they are not used any more.
     * Under the namespace's lock.
     */
    public void bury(Tombstone tombstone) {
        namespaceKeys
                .tombstones(NamespaceLayout.of(tombstone.namespace()))
                .create(tombstone, signer.require("shred a namespace"));
    }

    /** Deletes the data keys that the mark names; see {@link #bury}. Idempotent. */
    public void destroyDataKeys(Tombstone tombstone) {
        namespaceKeys.destroy(NamespaceLayout.of(tombstone.namespace()), tombstone.keyId());
    }

    @Override
    public String toString() {
        return "Archive[" + id() + " at " + store.location() + "]";
    }

    /** Tells whether a namespace has anything in the archive, be it without its keys. */
    public boolean hasNamespace(String name) {
        return !store.list(NamespaceLayout.of(name).prefix(), "", 1).isEmpty();
    }

    /** Returns the names of the namespaces that have anything in the archive, be it without their keys, ordered. */
    public List<String> namespaces() {
        return NamespaceLayout.names(store);
    }

    private static Signer signer(ArchiveHeader header, SlotSecrets secrets) {
        VerifyingKey publicKey = header.verifyingKey();
        if (secrets.writerKey().isEmpty()) {
            return Signer.readOnly(publicKey);
        }
        WriterKey writerKey = new WriterKey(secrets.writerKey().orElseThrow(), ObjectId.parse(header.archiveId()));
        try {
            byte[] privateKey = writerKey
                    .unwrap(publicKey.encoded(), header.signingPrivateKey())
                    .orElseThrow(() -> FormatErrors.damaged(
                            ArchiveHeader.KEY.value(), "its signing key is not the one of this archive"));
            return Signer.of(SigningKey.of(privateKey, publicKey));
        } catch (GeneralSecurityException e) {
            throw FormatErrors.damaged(ArchiveHeader.KEY.value(), "its signing key can't be read", e);
        }
    }

    private NamespaceArchive open(NamespaceLayout layout, DataKeys dataKeys) {
        return new NamespaceArchive(
                store,
                layout,
                header.archiveId(),
                new Sealer(dataKeys, random),
                header.chunkSizeBytes(),
                signer,
                audit());
    }

    /** A key below the mark would be read by nobody, and hide that the shredding has not ended. */
    private void requireCompleted(NamespaceLayout layout, Tombstone tombstone) {
        String first = store.list(layout.dataKeys(), "", 1).get(0).key().value();
        if (first.compareTo(layout.dataKey(tombstone.keyId()).value()) <= 0) {
            throw Tombstones.shredded(
                    tombstone, "Run 'tidemark shred' again: it was interrupted, and some of the keys are still there.");
        }
    }

    private CoordinatorException noKeys(NamespaceLayout layout) {
        Optional<Tombstone> tombstone = namespaceKeys.tombstones(layout).last();
        if (tombstone.isPresent()) {
            return Tombstones.shredded(
                    tombstone.get(), "Nobody can read its backups any more; a new backup begins it anew.");
        }
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

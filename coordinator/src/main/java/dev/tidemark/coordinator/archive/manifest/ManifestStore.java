package dev.tidemark.coordinator.archive.manifest;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.format.StrictJson;
import dev.tidemark.coordinator.archive.key.Signer;
import dev.tidemark.coordinator.archive.object.NamespaceLayout;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.coordinator.archive.signed.SignedDocument;
import dev.tidemark.kvs.ErrorCode;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** The manifests of one namespace, with the right to sign. Thread-safe. */
public final class ManifestStore {
    private final ObjectStore store;
    private final NamespaceLayout layout;
    private final String archiveId;
    private final Signer signer;
    private final ManifestReader reader;

    /** Creates access to manifests; see {@link ManifestReader}. */
    public ManifestStore(ObjectStore store, NamespaceLayout layout, String archiveId, Signer signer) {
        this.store = store;
        this.layout = layout;
        this.archiveId = archiveId;
        this.signer = signer;
        reader = new ManifestReader(store, layout, archiveId, signer.verifyingKey());
    }

    /**
     * Signs a manifest and creates it: the moment from which on the backup exists. Everything that it names must be durable.
     * Does nothing when exactly this manifest is there.
     *
     * @throws CoordinatorException {@link ErrorCode#OBJECT_EXISTS} when there is another manifest of this backup, or it was
     *     abandoned
     */
    public void create(Manifest manifest) {
        if (!manifest.archiveId().equals(archiveId) || !manifest.namespace().equals(layout.namespace())) {
            throw new IllegalArgumentException("manifest of archive '" + manifest.archiveId() + "', namespace '"
                    + manifest.namespace() + "' (expected: '" + archiveId + "', '" + layout.namespace() + "')");
        }
        byte[] payload = StrictJson.encode(manifest);
        if (payload.length > StrictJson.MAX_DOCUMENT_BYTES) {
            throw new CoordinatorException(
                    ErrorCode.STORE_UNSUPPORTED,
                    "the manifest of backup '" + manifest.backupId() + "' has " + payload.length
                            + " bytes (expected: at most " + StrictJson.MAX_DOCUMENT_BYTES + ")",
                    "Split the namespace's stores.");
        }
        put(manifest.backupId(), new SignedDocument(SignedDocument.Kind.MANIFEST, payload));
    }

    /**
     * Copies a manifest to a second place, byte for byte, from which a repair can bring it back; does nothing when the copy is
     * there.
     */
    public void copy(String backupId) {
        store.createOrConfirm(layout.manifestCopy(backupId), ByteBuffer.wrap(store.read(layout.manifest(backupId))));
    }

    /** Tells whether there is a copy of a manifest that this archive's owner has signed for this backup. */
    public boolean isCopyGood(String backupId) {
        return reader.isCopyGood(backupId);
    }

    /**
     * Puts the copy of a manifest into its place. Under the namespace's lock, when the manifest is missing or can't be believed and
     * its copy is good ({@link #isCopyGood}).
     */
    public void bringBack(String backupId) {
        byte[] copy = store.read(layout.manifestCopy(backupId));
        store.delete(layout.manifest(backupId));
        store.createOrConfirm(layout.manifest(backupId), ByteBuffer.wrap(copy));
    }

    /** Reads a manifest and verifies it; see {@link ManifestReader#read}. */
    public Manifest read(String backupId) {
        return reader.read(backupId);
    }

    /** Reads a manifest as it is stored and verifies it; see {@link ManifestReader#readSigned}. */
    public byte[] readSigned(String backupId) {
        return reader.readSigned(backupId);
    }

    /**
     * Signs a document about the export of a backup, with which whoever has the public key can believe the export.
     *
     * @return first line and payload; valid at {@link NamespaceLayout#export} of the backup and nowhere else
     */
    public byte[] signExport(String backupId, byte[] payload) {
        return new SignedDocument(SignedDocument.Kind.EXPORT, payload)
                .sign(layout.export(backupId), signer.require("sign an export"));
    }

    /** Returns the ids of all backups, ordered; see {@link ManifestReader#backupIds}. */
    public List<String> backupIds() {
        return reader.backupIds();
    }

    /** Reads all manifests, one at a time; see {@link ManifestReader#forEach}. */
    public List<DamagedManifest> forEach(Consumer<Manifest> action) {
        return reader.forEach(action);
    }

    /**
     * Returns the number for the next manifest: greater than that of every backup whose manifest can be read. The numbers of
     * damaged manifests are not known; as many as there are of these are left free, so that a manifest which is put right
     * later does not meet its own number again. To be called by whoever holds the namespace's lock.
     */
    public long nextSequence() {
        AtomicLong greatest = new AtomicLong();
        List<DamagedManifest> damaged = forEach(manifest -> greatest.accumulateAndGet(manifest.sequence(), Math::max));
        return greatest.get() + damaged.size() + 1;
    }

    /**
     * Puts a tombstone where the manifest of a backup would go, so that nobody (a coordinator that was paused for long, say)
     * can publish it any more. Does nothing when it is there.
     *
     * @throws CoordinatorException {@link ErrorCode#OBJECT_EXISTS} when the manifest was published first: the backup exists
     */
    public void abandon(String backupId) {
        byte[] payload = StrictJson.encode(new Abandoned(1, archiveId, layout.namespace(), backupId));
        put(backupId, new SignedDocument(SignedDocument.Kind.ABANDONED, payload));
    }

    private void put(String backupId, SignedDocument document) {
        ObjectKey key = layout.manifest(backupId);
        store.createOrConfirm(key, ByteBuffer.wrap(document.sign(key, signer.require("publish a backup"))));
    }

    /** Payload of a tombstone; never read back, the kind in the signed first line says it all. */
    private record Abandoned(int formatVersion, String archiveId, String namespace, String backupId) {}
}

package dev.tidemark.coordinator.archive;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.audit.AuditLog;
import dev.tidemark.coordinator.archive.certificate.CertificateCheck;
import dev.tidemark.coordinator.archive.certificate.CertificateReader;
import dev.tidemark.coordinator.archive.certificate.CertificateWriter;
import dev.tidemark.coordinator.archive.chunk.ChunkArchive;
import dev.tidemark.coordinator.archive.chunk.ChunkIndex;
import dev.tidemark.coordinator.archive.chunk.ChunkReader;
import dev.tidemark.coordinator.archive.chunk.ChunkWriter;
import dev.tidemark.coordinator.archive.filelist.FileEntry;
import dev.tidemark.coordinator.archive.filelist.FileListReader;
import dev.tidemark.coordinator.archive.filelist.FileListRef;
import dev.tidemark.coordinator.archive.filelist.FileListWriter;
import dev.tidemark.coordinator.archive.inventory.InventoryReader;
import dev.tidemark.coordinator.archive.inventory.InventoryWriter;
import dev.tidemark.coordinator.archive.key.Signer;
import dev.tidemark.coordinator.archive.manifest.ManifestStore;
import dev.tidemark.coordinator.archive.marks.DamageMarks;
import dev.tidemark.coordinator.archive.marks.GarbageLists;
import dev.tidemark.coordinator.archive.object.NamespaceLayout;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.coordinator.archive.object.ObjectInfo;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.coordinator.archive.sealed.SealedDocuments;
import dev.tidemark.coordinator.archive.sealed.Sealer;
import dev.tidemark.coordinator.archive.verified.VerificationRecords;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.ErrorCode;
import java.util.List;
import java.util.function.Consumer;

/**
 * One namespace of an archive. A backup writes in this order: chunks ({@link ChunkWriter#flush} makes packs and index durable),
 * file lists, manifest. Thread-safe.
 */
public final class NamespaceArchive {
    private final ObjectStore store;
    private final NamespaceLayout layout;
    private final String archiveId;
    private final Sealer sealer;
    private final int chunkSize;
    private final ChunkArchive chunks;
    private final SealedDocuments documents;
    private final ManifestStore manifests;
    private final Signer signer;
    private final AuditLog audit;

    NamespaceArchive(
            ObjectStore store,
            NamespaceLayout layout,
            String archiveId,
            Sealer sealer,
            int chunkSize,
            Signer signer,
            AuditLog audit) {
        this.store = store;
        this.layout = layout;
        this.archiveId = archiveId;
        this.sealer = sealer;
        this.chunkSize = chunkSize;
        chunks = new ChunkArchive(store, layout, sealer, chunkSize);
        documents = new SealedDocuments(store, sealer);
        this.signer = signer;
        this.audit = audit;
        manifests = new ManifestStore(store, layout, archiveId, signer);
    }

    /** Returns the name of the namespace. */
    public String namespace() {
        return layout.namespace();
    }

    /** Returns the id of the archive, 32 lower-case hexadecimal digits. */
    public String archiveId() {
        return archiveId;
    }

    /** Returns the right to sign, as far as the slot that the archive was opened with gives it. */
    public Signer signer() {
        return signer;
    }

    /** Returns the epoch of the operation that has shredded the namespace last; 0 when none has. */
    public long shreddedEpoch() {
        return new Tombstones(store, layout, archiveId, signer.verifyingKey())
                .last()
                .map(Tombstone::epoch)
                .orElse(0L);
    }

    /** Refuses to go on without a data key: nothing but journals and the lock could be read or written. */
    void requireDataKey() {
        sealer.keys().currentKeyId();
    }

    /** Returns where the objects are. */
    public ObjectStore store() {
        return store;
    }

    /** Returns where the namespace's objects are in the store. */
    public NamespaceLayout layout() {
        return layout;
    }

    /**
     * Returns the key of an object of the namespace.
     *
     * @param relative what follows {@code ns/NS/}
     */
    public ObjectKey key(String relative) {
        return layout.key(relative);
    }

    /**
     * Lists the first keys below a prefix, ordered.
     *
     * @param relativePrefix what follows {@code ns/NS/}
     * @param limit 1..{@link ObjectStore#MAX_PAGE}
     */
    public List<ObjectKey> listKeys(String relativePrefix, int limit) {
        return listKeys(relativePrefix, "", limit);
    }

    /**
     * Lists the first keys below a prefix that follow after another one, ordered.
     *
     * @param relativePrefix what follows {@code ns/NS/}
     * @param relativeStart what follows {@code ns/NS/} in the key after which the list begins, or the empty string
     * @param limit 1..{@link ObjectStore#MAX_PAGE}
     */
    public List<ObjectKey> listKeys(String relativePrefix, String relativeStart, int limit) {
        String start = relativeStart.isEmpty() ? "" : layout.prefix() + relativeStart;
        return store.list(layout.prefix() + relativePrefix, start, limit).stream()
                .map(ObjectInfo::key)
                .toList();
    }

    /** Lists all keys below a prefix, ordered; see {@link #listKeys}. */
    public void forEachKey(String relativePrefix, Consumer<ObjectKey> action) {
        store.forEach(layout.prefix() + relativePrefix, info -> action.accept(info.key()));
    }

    /** Makes an object durable that is there; see {@link ObjectStore#confirm}. */
    public void confirm(ObjectKey key) {
        store.confirm(key);
    }

    /** Returns the namespace's sealed documents. */
    public SealedDocuments documents() {
        return documents;
    }

    /** Returns the lists of the namespace's condemned objects. */
    public GarbageLists garbageLists() {
        return new GarbageLists(store, layout, documents);
    }

    /** Returns the marks on the namespace's damaged packs. */
    public DamageMarks damageMarks() {
        return new DamageMarks(store, layout, documents);
    }

    /** Returns what verification remembers of the namespace's packs. */
    public VerificationRecords verificationRecords() {
        return new VerificationRecords(store, layout, documents, this::randomId);
    }

    /** Returns the certificates of the namespace's backups. */
    public CertificateReader certificates() {
        return new CertificateReader(store, layout, archiveId, signer.verifyingKey());
    }

    /**
     * Returns what signs certificates.
     *
     * @throws CoordinatorException {@link ErrorCode#READ_ONLY_KEY} when the archive was opened with the key of a reader
     */
    public CertificateWriter certificateWriter() {
        return new CertificateWriter(store, certificates(), signer.require("sign a certificate"));
    }

    /** Returns what compares certificates with the archive as it is. */
    public CertificateCheck certificateCheck() {
        return new CertificateCheck(store, layout, archiveId, signer.verifyingKey());
    }

    /** Returns the inventories of the namespace's backups. */
    public InventoryReader inventories() {
        return new InventoryReader(store, layout, archiveId, signer.verifyingKey());
    }

    /** Returns what writes the inventories of the namespace's backups. */
    public InventoryWriter inventoryWriter() {
        return new InventoryWriter(
                store, layout, archiveId, signer.require("publish a backup"), this::readFileList, this::randomId);
    }

    private ObjectId randomId() {
        return ObjectId.of(sealer.randomBytes(ObjectId.BYTES));
    }

    /** Returns the log of what was done to the archive that the namespace is in. */
    public AuditLog audit() {
        return audit;
    }

    /** Returns the namespace's manifests. */
    public ManifestStore manifests() {
        return manifests;
    }

    /** Returns the length of the pieces that files are cut into, bytes. */
    public int chunkSizeBytes() {
        return chunkSize;
    }

    /** Returns the namespace's chunks. */
    public ChunkArchive chunks() {
        return chunks;
    }

    /**
     * Loads the index: lists all packs, then reads all index objects. One load for each run; the index then follows what its
     * writers add. What damaged and lost index objects named is read from the packs; see {@link ChunkArchive#loadIndex}.
     */
    public ChunkIndex loadIndex() {
        return chunks.loadIndex();
    }

    /** Loads the index for a writer; see {@link ChunkArchive#loadIndexForWriting}. */
    public ChunkIndex loadIndexForWriting() {
        return chunks.loadIndexForWriting();
    }

    /** Loads the index and completes it durably, under the namespace's lock; see {@link ChunkArchive#loadAndCompleteIndex}. */
    public ChunkIndex loadAndCompleteIndex() {
        return chunks.loadAndCompleteIndex();
    }

    /** Opens a writer of chunks that may be shared by threads. */
    public ChunkWriter chunkWriter(ChunkIndex index) {
        return chunks.writer(index);
    }

    /** Opens a reader of chunks for one thread. */
    public ChunkReader chunkReader(ChunkIndex index) {
        return chunks.reader(index);
    }

    /** Begins a file list. */
    public FileListWriter fileListWriter() {
        return new FileListWriter(store, layout, sealer, chunkSize);
    }

    /**
     * Streams a file list in the order of paths.
     *
     * @throws CoordinatorException from {@code next()}: {@link ErrorCode#OBJECT_MISSING}, {@link ErrorCode#OBJECT_DAMAGED},
     *     {@link ErrorCode#MANIFEST_INVALID}; see {@link FileListReader}
     */
    public CloseableIterator<FileEntry> readFileList(FileListRef list) {
        return new FileListReader(store, layout, sealer, chunkSize, list);
    }

    @Override
    public String toString() {
        return "NamespaceArchive[" + namespace() + "]";
    }
}

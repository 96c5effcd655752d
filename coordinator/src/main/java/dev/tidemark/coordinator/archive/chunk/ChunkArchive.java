package dev.tidemark.coordinator.archive.chunk;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.object.NamespaceLayout;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.coordinator.archive.object.PackTable;
import dev.tidemark.coordinator.archive.sealed.Sealer;
import dev.tidemark.kvs.ErrorCode;

/** The chunks of one namespace: opens index, writers and readers. Thread-safe. */
public final class ChunkArchive {
    private final ObjectStore store;
    private final NamespaceLayout layout;
    private final Sealer sealer;
    private final int chunkSize;

    /**
     * Creates access to the chunks of a namespace.
     *
     * @param chunkSize greatest length of a chunk, bytes
     */
    public ChunkArchive(ObjectStore store, NamespaceLayout layout, Sealer sealer, int chunkSize) {
        this.store = store;
        this.layout = layout;
        this.sealer = sealer;
        this.chunkSize = chunkSize;
    }

    /**
     * Lists the packs and reads the index objects. Packs that are missing are remembered in the index and their chunks left
     * out. Damaged index objects are remembered too; what they and lost ones named is found in the tables inside the packs
     * (three small reads for each pack that no index object names). Writes nothing.
     *
     * @throws CoordinatorException {@link ErrorCode#UNKNOWN_FORMAT_VERSION} when there is an object of a later version
     */
    public ChunkIndex loadIndex() {
        return new IndexObjects(store, layout, codec()).load(IndexObjects.Purpose.READING);
    }

    /**
     * Does what {@link #loadIndex} does for a writer: what is in condemned and in damaged packs alone counts as lost, so that it is
     * stored again.
     *
     * @throws CoordinatorException as {@link #loadIndex}; {@link ErrorCode#OBJECT_DAMAGED} when it can't be known which packs are
     *     condemned
     */
    public ChunkIndex loadIndexForWriting() {
        return new IndexObjects(store, layout, codec()).load(IndexObjects.Purpose.WRITING);
    }

    /**
     * Does what {@link #loadIndexForWriting} does, and writes index objects for the packs that none names. To be called by whoever holds
     * the namespace's lock, so that several don't do the same; it would do no harm.
     *
     * @throws CoordinatorException as {@link #loadIndexForWriting}, and as {@link ObjectStore#create}
     */
    public ChunkIndex loadAndCompleteIndex() {
        return new IndexObjects(store, layout, codec()).load(IndexObjects.Purpose.COMPLETING);
    }

    /** Does what {@link #loadIndexForWriting} does, and takes these packs for lost too: their chunks are to be stored again. */
    public ChunkIndex loadIndexWithout(PackTable packs) {
        return new IndexObjects(store, layout, codec()).loadWithout(packs);
    }

    /**
     * Takes packs that are about to be removed out of the index objects.
     *
     * @param beforeChange called before each change of the archive
     * @return number of index objects that were replaced
     */
    public int removeFromIndex(PackTable packs, Runnable beforeChange) {
        return new IndexObjects(store, layout, codec()).rewriteWithout(packs, beforeChange);
    }

    /** Opens a writer that adds to this index what it has written. */
    public ChunkWriter writer(ChunkIndex index) {
        return writer(index, Pack.TARGET_BYTES);
    }

    /**
     * Opens a writer whose packs are closed earlier than usual: for archives of very many objects.
     *
     * @param packBytes a pack is closed at this length, 1..16 MiB
     */
    public ChunkWriter writer(ChunkIndex index, int packBytes) {
        if (packBytes < 1 || packBytes > Pack.TARGET_BYTES) {
            throw new IllegalArgumentException("packBytes: " + packBytes + " (expected: 1.." + Pack.TARGET_BYTES + ")");
        }
        return new ChunkWriter(store, layout, codec(), index, packBytes);
    }

    /** Opens a reader for one thread. */
    public ChunkReader reader(ChunkIndex index) {
        return new ChunkReader(store, layout, codec(), index);
    }

    /** Opens a verifier of packs for one thread. */
    public PackVerifier packVerifier() {
        return new PackVerifier(store, layout, codec());
    }

    /** Returns the number of the data key that chunks are written with now; under another one they have other ids. */
    public int currentKeyId() {
        return codec().currentKeyId();
    }

    /** Needs a data key, which a namespace that is opened for its records alone has not. */
    private ChunkCodec codec() {
        return new ChunkCodec(sealer, chunkSize);
    }
}

package dev.tidemark.coordinator.archive.chunk;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.object.NamespaceLayout;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.coordinator.archive.sealed.Sealer;
import dev.tidemark.kvs.ErrorCode;
import java.nio.ByteBuffer;

/** The chunks of one namespace: opens index, writers and readers. Thread-safe. */
public final class ChunkArchive {
    private final ObjectStore store;
    private final NamespaceLayout layout;
    private final ChunkCodec codec;

    /**
     * Creates access to the chunks of a namespace.
     *
     * @param chunkSize greatest length of a chunk, bytes
     */
    public ChunkArchive(ObjectStore store, NamespaceLayout layout, Sealer sealer, int chunkSize) {
        this.store = store;
        this.layout = layout;
        codec = new ChunkCodec(sealer, chunkSize);
    }

    /**
     * Lists the packs and reads the index objects. Packs that are missing are remembered in the index and their chunks left
     * out. Damaged index objects are remembered too; what they and lost ones named is found in the tables inside the packs
     * (three small reads for each pack that no index object names). Writes nothing.
     *
     * @throws CoordinatorException {@link ErrorCode#UNKNOWN_FORMAT_VERSION} when there is an object of a later version
     */
    public ChunkIndex loadIndex() {
        return new IndexObjects(store, layout, codec).load(IndexObjects.Adoption.IN_MEMORY);
    }

    /**
     * Does what {@link #loadIndex} does, and writes index objects for the packs that none names. To be called by whoever holds
     * the namespace's lock, so that several don't do the same; it would do no harm.
     *
     * @throws CoordinatorException as {@link #loadIndex}, and as {@link ObjectStore#create}
     */
    public ChunkIndex loadAndCompleteIndex() {
        return new IndexObjects(store, layout, codec).load(IndexObjects.Adoption.DURABLE);
    }

    /** Opens a writer that adds to this index what it has written. */
    public ChunkWriter writer(ChunkIndex index) {
        return new ChunkWriter(store, layout, codec, index);
    }

    /** Opens a reader for one thread. */
    public ChunkReader reader(ChunkIndex index) {
        return new ChunkReader(store, layout, codec, index);
    }

    /**
     * Reads a pack whole and checks every byte of it.
     *
     * @param visitor is told the result for each chunk
     * @return length of the pack
     * @throws CoordinatorException {@link ErrorCode#OBJECT_MISSING} or {@link ErrorCode#OBJECT_DAMAGED} when nothing can be
     *     said of the single chunks; they may be readable all the same
     */
    public int verifyPack(ObjectId id, PackVisitor visitor) {
        byte[] content = store.read(layout.pack(id));
        Pack pack = Pack.parse(layout, id, content, codec);
        ChunkDecoder decoder = codec.decoder();
        for (PackedChunk chunk : pack.chunks()) {
            boolean isGood =
                    isGood(decoder, pack, chunk, ByteBuffer.wrap(content, chunk.offset(), chunk.storedLength()));
            visitor.visited(chunk.id(), chunk.offset(), isGood);
        }
        return content.length;
    }

    private static boolean isGood(ChunkDecoder decoder, Pack pack, PackedChunk chunk, ByteBuffer stored) {
        try {
            return decoder.decode(chunk.id(), pack.keyId(), stored).remaining() == chunk.rawLength();
        } catch (CoordinatorException e) {
            if (e.code() != ErrorCode.OBJECT_DAMAGED) {
                throw e;
            }
            return false;
        }
    }

    /** Is told of each chunk of a pack. */
    @FunctionalInterface
    public interface PackVisitor {
        /**
         * A chunk was decrypted, unpacked and hashed.
         *
         * @param offset where it is in the pack
         * @param isGood whether it is what its name says
         */
        void visited(ChunkId id, int offset, boolean isGood);
    }
}

package dev.tidemark.coordinator.archive.chunk;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.object.NamespaceLayout;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.kvs.ErrorCode;
import java.nio.ByteBuffer;

/** Checks every byte of packs. Holds the largest pack that it has read in memory, and two chunks. Not thread-safe. */
public final class PackVerifier {
    private final ObjectStore store;
    private final NamespaceLayout layout;
    private final ChunkCodec codec;
    private final ChunkDecoder decoder;
    private ByteBuffer content = ByteBuffer.allocate(0);

    PackVerifier(ObjectStore store, NamespaceLayout layout, ChunkCodec codec) {
        this.store = store;
        this.layout = layout;
        this.codec = codec;
        decoder = codec.decoder();
    }

    /**
     * Reads a pack whole and checks every byte of it.
     *
     * @param visitor is told the result for each chunk
     * @return length of the pack
     * @throws CoordinatorException {@link ErrorCode#OBJECT_MISSING} or {@link ErrorCode#OBJECT_DAMAGED} when nothing can be
     *     said of the single chunks; they may be readable all the same
     */
    public int verify(ObjectId id, Visitor visitor) {
        content = store.read(layout.pack(id), content);
        Pack pack = Pack.parse(layout, id, content, codec);
        for (PackedChunk chunk : pack.chunks()) {
            int offset = content.position() + chunk.offset();
            visitor.visited(
                    chunk.id(), chunk.offset(), isGood(pack, chunk, content.slice(offset, chunk.storedLength())));
        }
        return content.remaining();
    }

    private boolean isGood(Pack pack, PackedChunk chunk, ByteBuffer stored) {
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
    public interface Visitor {
        /**
         * A chunk was decrypted, unpacked and hashed.
         *
         * @param offset where it is in the pack
         * @param isGood whether it is what its name says
         */
        void visited(ChunkId id, int offset, boolean isGood);
    }
}

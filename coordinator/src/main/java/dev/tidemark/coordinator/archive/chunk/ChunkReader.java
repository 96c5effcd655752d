package dev.tidemark.coordinator.archive.chunk;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.format.FormatErrors;
import dev.tidemark.coordinator.archive.object.CheckedRead;
import dev.tidemark.coordinator.archive.object.NamespaceLayout;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.kvs.ErrorCode;
import java.nio.ByteBuffer;

/**
 * Reads chunks, each checked against its id. Reads ahead once two chunks were asked for that lie near each other,
 * so that many small files of one pack cost few requests. Holds at most 7 MiB in memory twice, and two chunks. Not thread-safe: one for each thread.
 */
public final class ChunkReader {
    private final NamespaceLayout layout;
    private final ChunkIndex index;
    private final ChunkDecoder decoder;

    private final PackWindow window;

    ChunkReader(ObjectStore store, NamespaceLayout layout, ChunkCodec codec, ChunkIndex index) {
        window = new PackWindow(store, layout);
        this.layout = layout;
        this.index = index;
        decoder = codec.decoder();
    }

    /**
     * Reads a chunk.
     *
     * @return the plaintext
     * @throws CoordinatorException {@link ErrorCode#OBJECT_MISSING} when no pack has it or the pack is gone,
     *     {@link ErrorCode#OBJECT_DAMAGED} when it is not what its id says
     */
    public byte[] read(ChunkId id) {
        ByteBuffer view = view(id);
        byte[] plaintext = new byte[view.remaining()];
        view.get(plaintext);
        return plaintext;
    }

    /**
     * Reads a chunk as {@link #read} does, without a copy.
     *
     * @return the plaintext from position to limit, valid until the next call
     */
    public ByteBuffer view(ChunkId id) {
        ChunkLocation location = index.find(id)
                .orElseThrow(() -> new CoordinatorException(
                        ErrorCode.OBJECT_MISSING,
                        "chunk '" + id + "' is in no pack of namespace '" + layout.namespace() + "'",
                        "Run 'tidemark verify' to learn which backups need it."));
        ByteBuffer plaintext = CheckedRead.of(() -> decode(id, location));
        if (plaintext.remaining() != location.rawLength()) {
            throw damaged(location, "chunk '" + id + "' has another length than the index says", null);
        }
        return plaintext;
    }

    /** Whoever has to put it right needs the name of the pack. */
    private ByteBuffer decode(ChunkId id, ChunkLocation location) {
        ByteBuffer stored = window.stored(location);
        try {
            return decoder.decode(id, location.keyId(), stored);
        } catch (CoordinatorException e) {
            if (e.code() != ErrorCode.OBJECT_DAMAGED) {
                throw e;
            }
            window.forget();
            throw damaged(
                    location, "chunk '" + id + "' at offset " + location.offset() + " is not what was written", e);
        }
    }

    private CoordinatorException damaged(ChunkLocation location, String problem, Exception cause) {
        return FormatErrors.damaged(layout.pack(location.pack()).value(), problem, cause);
    }
}

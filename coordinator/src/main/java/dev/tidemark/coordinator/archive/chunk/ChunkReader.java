package dev.tidemark.coordinator.archive.chunk;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.format.FormatErrors;
import dev.tidemark.coordinator.archive.object.CheckedRead;
import dev.tidemark.coordinator.archive.object.NamespaceLayout;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.kvs.ErrorCode;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Reads chunks, each checked against its id. Reads ahead (up to 4 MiB of the pack) once two chunks were asked for that lie
 * one behind the other, or nearly so, so that many small files of one pack cost few requests; no byte is read twice on the way. Holds
 * at most that much in memory twice, and two chunks. Not thread-safe: one for each thread.
 */
public final class ChunkReader {
    private static final int READ_AHEAD_BYTES = 4 << 20;
    private static final int NEAR_BYTES = 256 << 10;
    private static final ObjectId NO_PACK = new ObjectId(0, 0);

    private final ObjectStore store;
    private final NamespaceLayout layout;
    private final ChunkIndex index;
    private final ChunkDecoder decoder;

    /** The part of a pack that was read last, from {@link #windowOffset} on. */
    private byte[] window = new byte[0];

    private ObjectId windowPack = NO_PACK;
    private int windowOffset;
    private int lastEnd;

    ChunkReader(ObjectStore store, NamespaceLayout layout, ChunkCodec codec, ChunkIndex index) {
        this.store = store;
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
        ByteBuffer stored = stored(location);
        try {
            return decoder.decode(id, location.keyId(), stored);
        } catch (CoordinatorException e) {
            if (e.code() != ErrorCode.OBJECT_DAMAGED) {
                throw e;
            }
            forgetWindow();
            throw damaged(
                    location, "chunk '" + id + "' at offset " + location.offset() + " is not what was written", e);
        }
    }

    /** What is damaged may be so on this side only. */
    private void forgetWindow() {
        window = new byte[0];
        windowPack = NO_PACK;
    }

    private CoordinatorException damaged(ChunkLocation location, String problem, Exception cause) {
        return FormatErrors.damaged(layout.pack(location.pack()).value(), problem, cause);
    }

    private ByteBuffer stored(ChunkLocation location) {
        int end = location.offset() + location.storedLength();
        boolean isSamePack = location.pack().equals(windowPack);
        if (!isSamePack || location.offset() < windowOffset || end > windowOffset + window.length) {
            // Workers that stored files side by side have mixed their chunks a little.
            boolean isNext = isSamePack && location.offset() >= lastEnd && location.offset() - lastEnd <= NEAR_BYTES;
            int wanted = isNext ? Math.max(location.storedLength(), READ_AHEAD_BYTES) : location.storedLength();
            int length = Math.min(wanted, location.packSizeBytes() - location.offset());
            // The window mostly ends in the middle of a chunk.
            int windowEnd = windowOffset + window.length;
            boolean isBegun = isNext && location.offset() >= windowOffset && location.offset() < windowEnd;
            window = isBegun
                    ? joined(location, windowEnd, length)
                    : store.read(layout.pack(location.pack()), location.offset(), length);
            windowPack = location.pack();
            windowOffset = location.offset();
            if (window.length < location.storedLength()) {
                forgetWindow();
                throw FormatErrors.damaged(layout.pack(location.pack()).value(), "it is cut off");
            }
        }
        lastEnd = end;
        return ByteBuffer.wrap(window, location.offset() - windowOffset, location.storedLength());
    }

    /** Returns the end of the window and what follows it in the pack. */
    private byte[] joined(ChunkLocation location, int windowEnd, int length) {
        int begun = windowEnd - location.offset();
        byte[] rest = store.read(layout.pack(location.pack()), windowEnd, length - begun);
        int from = location.offset() - windowOffset;
        byte[] joined = Arrays.copyOfRange(window, from, from + begun + rest.length);
        System.arraycopy(rest, 0, joined, begun, rest.length);
        return joined;
    }
}

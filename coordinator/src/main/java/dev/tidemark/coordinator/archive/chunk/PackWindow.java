package dev.tidemark.coordinator.archive.chunk;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.format.FormatErrors;
import dev.tidemark.coordinator.archive.object.NamespaceLayout;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The part of a pack that was read last. A chunk that is far from the last one is read alone; once chunks are asked for that lie near
 * each other, about 8 MiB are read at a time, so that a pack takes few requests, and no byte of such a run is read twice. Some of what
 * is behind is kept, since workers that stored files side by side have mixed their chunks a little. Not thread-safe.
 */
final class PackWindow {
    private static final int AHEAD_BYTES = 8 << 20;

    /** A request for less than this at the end of a pack is not worth its way. */
    private static final int REST_BYTES = 1 << 20;

    private static final int NEAR_BYTES = 2 << 20;
    private static final ObjectId NO_PACK = new ObjectId(0, 0);

    private final ObjectStore store;
    private final NamespaceLayout layout;

    private ObjectId pack = NO_PACK;

    /** One behind the other in the pack, from {@link #begin} to {@link #end}. */
    private final Deque<byte[]> pieces = new ArrayDeque<>();

    private int begin;
    private int end;
    private int lastEnd;
    private boolean isRun;

    PackWindow(ObjectStore store, NamespaceLayout layout) {
        this.store = store;
        this.layout = layout;
    }

    /** Returns the stored form of a chunk, valid until the next call. */
    ByteBuffer stored(ChunkLocation chunk) {
        boolean isSamePack = chunk.pack().equals(pack);
        if (!isSamePack || chunk.offset() < begin || chunk.end() > end) {
            boolean isNear = isSamePack && Math.abs((long) chunk.offset() - lastEnd) <= NEAR_BYTES;
            // A run goes on in the next pack.
            isRun = isNear || (isRun && !isSamePack && chunk.offset() <= NEAR_BYTES);
            if (isNear) {
                extend(chunk);
            } else {
                restart(chunk);
            }
        }
        lastEnd = chunk.end();
        return slice(chunk.offset(), chunk.storedLength());
    }

    /** What is damaged may be so on this side only. */
    void forget() {
        pieces.clear();
        pack = NO_PACK;
    }

    private void restart(ChunkLocation chunk) {
        forget();
        byte[] piece =
                store.read(layout.pack(chunk.pack()), chunk.offset(), target(chunk, chunk.offset()) - chunk.offset());
        pack = chunk.pack();
        pieces.add(piece);
        begin = chunk.offset();
        end = begin + piece.length;
        requireWhole(chunk.end() <= end);
    }

    private void extend(ChunkLocation chunk) {
        if (chunk.offset() < begin) {
            byte[] before = store.read(layout.pack(pack), chunk.offset(), begin - chunk.offset());
            requireWhole(before.length == begin - chunk.offset());
            pieces.addFirst(before);
            begin = chunk.offset();
        }
        if (chunk.end() > end) {
            while (pieces.size() > 1 && begin + pieces.getFirst().length <= chunk.offset()) {
                begin += pieces.removeFirst().length;
            }
            byte[] after = store.read(layout.pack(pack), end, target(chunk, end) - end);
            pieces.addLast(after);
            end += after.length;
            requireWhole(chunk.end() <= end);
        }
    }

    /** Returns where reading from an offset on should end, for the sake of a chunk. */
    private int target(ChunkLocation chunk, int from) {
        if (!isRun) {
            return chunk.end();
        }
        long wanted = Math.max(chunk.end(), (long) from + AHEAD_BYTES);
        return wanted + REST_BYTES >= chunk.packSizeBytes() ? chunk.packSizeBytes() : (int) wanted;
    }

    private ByteBuffer slice(int offset, int length) {
        int pieceBegin = begin;
        ByteBuffer joined = null;
        for (byte[] piece : pieces) {
            int from = offset - pieceBegin + (joined == null ? 0 : joined.position());
            pieceBegin += piece.length;
            if (from >= piece.length) {
                continue;
            }
            if (joined == null) {
                if (from + length <= piece.length) {
                    return ByteBuffer.wrap(piece, from, length);
                }
                joined = ByteBuffer.allocate(length);
            }
            joined.put(piece, from, Math.min(joined.remaining(), piece.length - from));
            if (!joined.hasRemaining()) {
                return joined.flip();
            }
        }
        throw new IllegalStateException("bytes " + offset + " to " + (offset + length) + " are not in the window");
    }

    private void requireWhole(boolean isWhole) {
        if (!isWhole) {
            ObjectId cut = pack;
            forget();
            throw cutOff(cut);
        }
    }

    private CoordinatorException cutOff(ObjectId cut) {
        return FormatErrors.damaged(layout.pack(cut).value(), "it is cut off");
    }
}

package dev.tidemark.coordinator.archive.chunk;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.object.NamespaceLayout;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.kvs.ErrorCode;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Stores chunks: those that the index has are left alone, the others are compressed, encrypted and collected into packs.
 * Write order: packs, then the index objects that name them; whoever names chunks in a file list calls {@link #flush} before
 * the list becomes part of a manifest.
 *
 * <p>Thread-safe. There are no threads inside: whoever hands in a chunk compresses and encrypts it, and whoever fills a pack
 * uploads it while others fill the next one. So it works with one thread, can't deadlock with a pool that its callers share,
 * and its memory is bounded: one pack that is being filled and at most {@value #MAX_UPLOADS} on their way, about 17 MiB each.
 *
 * <p>After a failure every call fails; the index keeps only what is durable and can be used for a new writer.
 */
public final class ChunkWriter {
    private static final int MAX_UPLOADS = 3;

    private final ObjectStore store;
    private final NamespaceLayout layout;
    private final ChunkCodec codec;
    private final ChunkIndex index;
    private final IndexObjects indexObjects;
    private final int packBytes;

    /** Chunks that were accepted and are not in the index yet, because their pack is not durable. */
    private final Set<ChunkId> pending = new HashSet<>();

    /** Durable packs that no index object names yet. */
    private List<Pack> unindexed = new ArrayList<>();

    /** Encoders that no thread uses; as many as threads have stored chunks at a time. */
    private final Queue<ChunkEncoder> encoders = new ConcurrentLinkedQueue<>();

    /** Buffers of packs that are durable, at most one for each that can be under way. */
    private final Queue<ByteBuffer> spareBuffers = new ArrayDeque<>();

    private PackBuilder open;
    private int encoding;
    private int uploading;
    private Throwable failure;

    private long newChunks;
    private long newRawBytes;
    private long newStoredBytes;

    ChunkWriter(ObjectStore store, NamespaceLayout layout, ChunkCodec codec, ChunkIndex index, int packBytes) {
        this.store = store;
        this.layout = layout;
        this.codec = codec;
        this.index = index;
        this.packBytes = packBytes;
        indexObjects = new IndexObjects(store, layout, codec);
    }

    /** Returns the greatest length of a chunk, bytes; files are cut into pieces of exactly this length. */
    public int chunkSizeBytes() {
        return codec.chunkSize();
    }

    /**
     * Accepts a chunk; durable after the next {@link #flush}.
     *
     * @param plaintext 1..{@link #chunkSizeBytes} bytes from position to limit; read before the method returns
     * @throws CoordinatorException as {@link ObjectStore#create}
     */
    public ChunkRef store(ByteBuffer plaintext) {
        int length = plaintext.remaining();
        if (length == 0 || length > chunkSizeBytes()) {
            throw new IllegalArgumentException("chunk: " + length + " bytes (expected: 1.." + chunkSizeBytes() + ")");
        }
        ChunkEncoder encoder = encoders.poll();
        encoder = encoder == null ? codec.encoder() : encoder;
        try {
            return plaintext.hasArray()
                    ? store(encoder, plaintext.array(), plaintext.arrayOffset() + plaintext.position(), length)
                    : store(encoder, copyOf(plaintext), 0, length);
        } finally {
            encoders.add(encoder);
            plaintext.position(plaintext.limit());
        }
    }

    private ChunkRef store(ChunkEncoder encoder, byte[] raw, int offset, int length) {
        ChunkId id = encoder.id(raw, offset, length);
        if (!reserve(id)) {
            return new ChunkRef(id, length, false);
        }
        PackBuilder full;
        try {
            full = append(id, encoder.encode(id, raw, offset, length), length);
        } catch (RuntimeException | Error e) {
            fail(e);
            throw e;
        } finally {
            endEncoding();
        }
        if (full != null) {
            upload(full);
        }
        return new ChunkRef(id, length, true);
    }

    private static byte[] copyOf(ByteBuffer plaintext) {
        byte[] copy = new byte[plaintext.remaining()];
        plaintext.duplicate().get(copy);
        return copy;
    }

    /**
     * Makes everything durable that was accepted before the call: packs, then index objects.
     *
     * @return totals since the writer was made
     * @throws CoordinatorException as {@link ObjectStore#create}
     */
    public ChunkCounts flush() {
        PackBuilder last = takeOpen();
        if (last != null) {
            upload(last);
        }
        indexRest();
        synchronized (this) {
            requireUsable();
            return new ChunkCounts(newChunks, newRawBytes, newStoredBytes);
        }
    }

    /** Returns false when the chunk is there already or on its way. */
    private synchronized boolean reserve(ChunkId id) {
        requireUsable();
        if (index.contains(id) || !pending.add(id)) {
            return false;
        }
        encoding++;
        return true;
    }

    private synchronized void endEncoding() {
        encoding--;
        notifyAll();
    }

    /** Returns the pack when it is full; the caller has to upload it. */
    private synchronized PackBuilder append(ChunkId id, ByteBuffer stored, int rawLength) {
        while (open == null && uploading >= MAX_UPLOADS && failure == null) {
            await();
        }
        requireUsable();
        if (open == null) {
            ObjectId pack = ObjectId.of(codec.sealer().randomBytes(ObjectId.BYTES));
            ByteBuffer spare = spareBuffers.poll();
            open = spare == null
                    ? new PackBuilder(pack, codec.currentKeyId(), packBytes)
                    : new PackBuilder(pack, codec.currentKeyId(), packBytes, spare);
        }
        open.add(id, stored, rawLength);
        newChunks++;
        newRawBytes += rawLength;
        return open.isFull() ? detachOpen() : null;
    }

    /** Waits until no other thread is in the middle of a chunk, so that the pack that is taken holds all accepted ones. */
    private synchronized PackBuilder takeOpen() {
        while (encoding > 0 && failure == null) {
            await();
        }
        requireUsable();
        return open == null ? null : detachOpen();
    }

    private PackBuilder detachOpen() {
        PackBuilder detached = open;
        open = null;
        uploading++;
        return detached;
    }

    private void upload(PackBuilder builder) {
        List<Pack> due = List.of();
        try {
            ObjectKey key = layout.pack(builder.id());
            store.createOrConfirm(key, builder.finish(key, codec.sealer()));
            due = uploaded(builder);
            writeIndex(due);
        } catch (RuntimeException | Error e) {
            fail(e);
            throw e;
        } finally {
            endUpload();
        }
    }

    private synchronized void endUpload() {
        uploading--;
        notifyAll();
    }

    /** Returns the packs for which it is time to write an index object. */
    private synchronized List<Pack> uploaded(PackBuilder builder) {
        Pack pack = builder.pack();
        spareBuffers.add(builder.release());
        index.add(pack);
        pack.chunks().forEach(chunk -> pending.remove(chunk.id()));
        newStoredBytes += pack.sizeBytes();
        List<Pack> due = List.of();
        int chunks = pack.chunks().size()
                + unindexed.stream().mapToInt(other -> other.chunks().size()).sum();
        if (chunks > IndexObjects.MAX_CHUNKS || unindexed.size() == IndexObjects.MAX_PACKS) {
            due = unindexed;
            unindexed = new ArrayList<>();
        }
        unindexed.add(pack);
        return due;
    }

    private void indexRest() {
        List<Pack> rest;
        synchronized (this) {
            while (uploading > 0 && failure == null) {
                await();
            }
            requireUsable();
            rest = unindexed;
            unindexed = new ArrayList<>();
            uploading++;
        }
        try {
            writeIndex(rest);
        } catch (RuntimeException | Error e) {
            fail(e);
            throw e;
        } finally {
            endUpload();
        }
    }

    private void writeIndex(List<Pack> packs) {
        if (!packs.isEmpty()) {
            int length = indexObjects.write(packs);
            synchronized (this) {
                newStoredBytes += length;
            }
        }
    }

    private synchronized void fail(Throwable cause) {
        if (failure == null) {
            failure = cause;
        }
        notifyAll();
    }

    private void requireUsable() {
        if (failure instanceof CoordinatorException cause) {
            throw new CoordinatorException(cause.code(), cause.getMessage(), cause.hint(), cause);
        }
        if (failure != null) {
            throw new IllegalStateException("the writer has failed", failure);
        }
    }

    private void await() {
        try {
            wait();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CoordinatorException(ErrorCode.INTERRUPTED, "interrupted while chunks were stored", "", e);
        }
    }
}

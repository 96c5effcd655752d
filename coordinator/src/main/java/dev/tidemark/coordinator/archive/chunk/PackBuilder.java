package dev.tidemark.coordinator.archive.chunk;

import dev.tidemark.coordinator.archive.object.ObjectHash;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.sealed.Sealer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** A pack that is being filled, in memory: at most 16 MiB, one chunk and the table. Not thread-safe. */
final class PackBuilder {
    private static final int FIRST_CAPACITY = 256 << 10;

    private final ObjectId id;
    private final int keyId;
    private final int targetBytes;
    private final List<PackedChunk> chunks = new ArrayList<>();
    private ByteBuffer content;
    private ObjectHash hash = ObjectHash.UNKNOWN;

    /** @param targetBytes the pack is full at this length */
    PackBuilder(ObjectId id, int keyId, int targetBytes) {
        this(id, keyId, targetBytes, ByteBuffer.allocate(FIRST_CAPACITY));
    }

    /** Creates an empty pack in a buffer that is no longer needed for another one. */
    PackBuilder(ObjectId id, int keyId, int targetBytes, ByteBuffer buffer) {
        this.id = id;
        this.keyId = keyId;
        this.targetBytes = targetBytes;
        content = buffer.clear();
        content.put(Pack.header(keyId));
    }

    ObjectId id() {
        return id;
    }

    List<PackedChunk> chunks() {
        return chunks;
    }

    boolean isFull() {
        return content.position() >= targetBytes || chunks.size() >= Pack.MAX_CHUNKS;
    }

    void add(ChunkId chunk, ByteBuffer stored, int rawLength) {
        chunks.add(new PackedChunk(chunk, content.position(), stored.remaining(), rawLength));
        append(stored);
    }

    /** Adds table and footer; nothing can be added afterwards. */
    ByteBuffer finish(ObjectKey key, Sealer sealer) {
        append(Pack.trailer(key, sealer, chunks));
        hash = ObjectHash.ofContent(content.flip());
        return content;
    }

    Pack pack() {
        return new Pack(id, content.limit(), keyId, hash, chunks);
    }

    /** Returns the buffer for the next pack; this one has none any more. */
    ByteBuffer release() {
        ByteBuffer buffer = content;
        content = null;
        return buffer;
    }

    private void append(ByteBuffer bytes) {
        int needed = content.position() + bytes.remaining();
        if (needed > content.capacity()) {
            int doubled = Math.min(2 * content.capacity(), Pack.TARGET_BYTES + (2 << 20));
            content = ByteBuffer.allocate(Math.max(needed, doubled)).put(content.flip());
        }
        content.put(bytes);
    }
}

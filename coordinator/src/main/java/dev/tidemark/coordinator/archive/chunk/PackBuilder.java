package dev.tidemark.coordinator.archive.chunk;

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
    private final List<PackedChunk> chunks = new ArrayList<>();
    private ByteBuffer content = ByteBuffer.allocate(FIRST_CAPACITY);

    PackBuilder(ObjectId id, int keyId) {
        this.id = id;
        this.keyId = keyId;
        content.put(Pack.header(keyId));
    }

    ObjectId id() {
        return id;
    }

    List<PackedChunk> chunks() {
        return chunks;
    }

    boolean isFull() {
        return content.position() >= Pack.TARGET_BYTES || chunks.size() >= Pack.MAX_CHUNKS;
    }

    void add(ChunkId chunk, byte[] stored, int rawLength) {
        chunks.add(new PackedChunk(chunk, content.position(), stored.length, rawLength));
        append(ByteBuffer.wrap(stored));
    }

    /** Adds table and footer; nothing can be added afterwards. */
    ByteBuffer finish(ObjectKey key, Sealer sealer) {
        append(Pack.trailer(key, sealer, chunks));
        return content.flip();
    }

    Pack pack() {
        return new Pack(id, content.limit(), keyId, chunks);
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

package dev.tidemark.coordinator.archive.chunk;

import dev.tidemark.coordinator.archive.sealed.Sealer;

/** How the plaintext of chunks becomes what packs hold, and back: keys and limits. Thread-safe. */
final class ChunkCodec {
    private final Sealer sealer;
    private final int chunkSize;
    private final byte[] currentIdKey;

    ChunkCodec(Sealer sealer, int chunkSize) {
        this.sealer = sealer;
        this.chunkSize = chunkSize;
        currentIdKey = sealer.keys().chunkIdKey(sealer.keys().currentKeyId(), "chunk");
    }

    int chunkSize() {
        return chunkSize;
    }

    Sealer sealer() {
        return sealer;
    }

    /** Returns an encoder for one thread. */
    ChunkEncoder encoder() {
        return new ChunkEncoder(this);
    }

    /** Returns a decoder for one thread. */
    ChunkDecoder decoder() {
        return new ChunkDecoder(this);
    }

    /** Returns the key under which the ids of chunks are computed that are written now. */
    byte[] currentIdKey() {
        return currentIdKey;
    }

    /** Returns the key under which the ids of the chunks of a pack were computed. */
    byte[] idKey(int keyId, ChunkId id) {
        return keyId == currentKeyId() ? currentIdKey : sealer.keys().chunkIdKey(keyId, name(id));
    }

    int currentKeyId() {
        return sealer.keys().currentKeyId();
    }

    /** The name that is bound into the encryption: a chunk may move to another pack, but never pass for another chunk. */
    static String name(ChunkId id) {
        return "chunk/" + id;
    }
}

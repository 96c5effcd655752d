package dev.tidemark.coordinator.archive.chunk;

import dev.tidemark.coordinator.archive.format.Compression;
import dev.tidemark.coordinator.archive.format.FormatErrors;
import dev.tidemark.coordinator.archive.key.Hkdf;
import dev.tidemark.coordinator.archive.sealed.Sealer;
import java.nio.ByteBuffer;

/** Turns the plaintext of chunks into what packs hold, and back. Thread-safe. */
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

    /** Computes the id of a chunk that is written now. */
    ChunkId id(byte[] plaintext) {
        return ChunkId.of(Hkdf.hmac(currentIdKey, plaintext));
    }

    /** Compresses and encrypts. */
    byte[] encode(ChunkId id, byte[] plaintext) {
        return sealer.sealChunk(name(id), Compression.pack(plaintext));
    }

    /** Decrypts, unpacks and checks that the content is what the id stands for. */
    byte[] decode(ChunkId id, int keyId, ByteBuffer stored) {
        String name = name(id);
        byte[] plaintext = Compression.unpack(sealer.openChunk(name, keyId, stored), chunkSize, name);
        byte[] idKey = keyId == sealer.keys().currentKeyId()
                ? currentIdKey
                : sealer.keys().chunkIdKey(keyId, name);
        if (!ChunkId.of(Hkdf.hmac(idKey, plaintext)).equals(id)) {
            throw FormatErrors.damaged(name, "it has another content than its name says");
        }
        return plaintext;
    }

    /** The name that is bound into the encryption: a chunk may move to another pack, but never pass for another chunk. */
    private static String name(ChunkId id) {
        return "chunk/" + id;
    }
}

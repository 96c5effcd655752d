package dev.tidemark.coordinator.archive.chunk;

import dev.tidemark.coordinator.archive.format.Compression;
import dev.tidemark.coordinator.archive.key.Hkdf;
import dev.tidemark.coordinator.archive.sealed.Sealer;
import java.nio.ByteBuffer;
import javax.crypto.Mac;

/**
 * Turns one chunk after the other into what packs hold, always in the same buffers: fresh ones for each chunk cost as much time
 * as a hash. They grow with the chunks, to about twice the greatest. Not thread-safe.
 */
final class ChunkEncoder {
    private final ChunkCodec codec;
    private final Mac ids;
    private byte[] packed = new byte[0];
    private byte[] sealed = new byte[0];

    ChunkEncoder(ChunkCodec codec) {
        this.codec = codec;
        ids = Hkdf.mac(codec.currentIdKey());
    }

    /** Computes the id of a chunk that is written now. */
    ChunkId id(byte[] plaintext, int offset, int length) {
        ids.update(plaintext, offset, length);
        return ChunkId.of(ids.doFinal());
    }

    /** Compresses and encrypts. What is returned is valid until the next call. */
    ByteBuffer encode(ChunkId id, byte[] plaintext, int offset, int length) {
        if (packed.length < Compression.packedBound(length)) {
            packed = new byte[Compression.packedBound(length)];
            sealed = new byte[Sealer.sealedChunkLength(packed.length)];
        }
        int packedLength = Compression.pack(plaintext, offset, length, packed);
        ByteBuffer target = ByteBuffer.wrap(sealed);
        codec.sealer().sealChunk(ChunkCodec.name(id), packed, packedLength, target);
        return target.flip();
    }
}

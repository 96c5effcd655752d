package dev.tidemark.coordinator.archive.chunk;

import dev.tidemark.coordinator.archive.format.Compression;
import dev.tidemark.coordinator.archive.format.FormatErrors;
import dev.tidemark.coordinator.archive.key.Hkdf;
import java.nio.ByteBuffer;
import javax.crypto.Mac;

/** Turns what packs hold into chunks, one after the other, always in the same buffers. Not thread-safe. */
final class ChunkDecoder {
    private final ChunkCodec codec;
    private final Mac currentIds;
    private final byte[] plaintext;
    private byte[] packed = new byte[0];

    ChunkDecoder(ChunkCodec codec) {
        this.codec = codec;
        currentIds = Hkdf.mac(codec.currentIdKey());
        plaintext = new byte[codec.chunkSize()];
    }

    /**
     * Decrypts, unpacks and checks that the content is what the id stands for. What is returned is valid until the next call.
     *
     * @throws dev.tidemark.coordinator.CoordinatorException {@link dev.tidemark.kvs.ErrorCode#OBJECT_DAMAGED} when it is not
     */
    ByteBuffer decode(ChunkId id, int keyId, ByteBuffer stored) {
        String name = ChunkCodec.name(id);
        if (packed.length < stored.remaining()) {
            packed = new byte[stored.remaining()];
        }
        int packedLength = codec.sealer().openChunk(name, keyId, stored, packed);
        int length = Compression.unpack(packed, packedLength, plaintext, name);
        Mac ids = keyId == codec.currentKeyId() ? currentIds : Hkdf.mac(codec.idKey(keyId, id));
        ids.update(plaintext, 0, length);
        if (!ChunkId.of(ids.doFinal()).equals(id)) {
            throw FormatErrors.damaged(name, "it has another content than its name says");
        }
        return ByteBuffer.wrap(plaintext, 0, length);
    }
}

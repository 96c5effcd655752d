package dev.tidemark.coordinator.archive;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.format.Base64Text;
import dev.tidemark.coordinator.archive.format.ByteFields;
import dev.tidemark.coordinator.archive.format.JsonObjects;
import dev.tidemark.coordinator.archive.key.MasterKey;
import dev.tidemark.coordinator.archive.key.VerifyingKey;
import dev.tidemark.coordinator.archive.key.WrappedKey;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.kvs.ErrorCode;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.List;

/**
 * The object {@code tidemark-archive.json}, which makes an archive exist.
 *
 * @param format {@value #FORMAT}
 * @param archiveId random, 32 lower-case hexadecimal digits
 * @param createdAt time of creation
 * @param chunkSizeBytes length of the pieces that files are cut into, 64 KiB..4 MiB
 * @param probe checks that the store has passed at creation
 * @param signingKeyId id of the public key
 * @param signingPublicKey Ed25519 public key, X.509 SubjectPublicKeyInfo in base 64
 * @param signingPrivateKey its other half in PKCS #8, wrapped by the key of the writers
 * @param mac HMAC-SHA256 of all the rest under a key derived from the master key, base 64
 */
public record ArchiveHeader(
        int format,
        String archiveId,
        Instant createdAt,
        int chunkSizeBytes,
        List<String> probe,
        String signingKeyId,
        String signingPublicKey,
        WrappedKey signingPrivateKey,
        String mac) {
    /** The version that this software writes and reads. */
    public static final int FORMAT = 1;

    /** Where the header is. */
    public static final ObjectKey KEY = new ObjectKey("tidemark-archive.json");

    static final int DEFAULT_CHUNK_SIZE = 1 << 20;
    private static final int MIN_CHUNK_SIZE = 64 << 10;
    private static final int MAX_CHUNK_SIZE = 4 << 20;

    /**
     * Copies the list and checks the ranges.
     *
     * @throws IllegalArgumentException when a value is outside of its range
     */
    public ArchiveHeader {
        probe = List.copyOf(probe);
        ObjectId.parse(archiveId);
        if (chunkSizeBytes < MIN_CHUNK_SIZE || chunkSizeBytes > MAX_CHUNK_SIZE) {
            throw new IllegalArgumentException("chunkSizeBytes: " + chunkSizeBytes + " (expected: " + MIN_CHUNK_SIZE
                    + ".." + MAX_CHUNK_SIZE + ")");
        }
        Base64Text.decode(mac);
        if (!parse(signingPublicKey).id().equals(signingKeyId)) {
            throw new IllegalArgumentException("signingKeyId: " + signingKeyId + " (expected: that of the public key)");
        }
    }

    /**
     * Reads the header of the archive in a store. Nothing in it was authenticated.
     *
     * @throws CoordinatorException {@link ErrorCode#ARCHIVE_NOT_FOUND} when there is no archive,
     *     {@link ErrorCode#UNKNOWN_FORMAT_VERSION} when it is of a later version, {@link ErrorCode#OBJECT_DAMAGED}
     */
    static ArchiveHeader read(ObjectStore store) {
        try {
            return JsonObjects.decode(store.read(KEY), ArchiveHeader.class, FORMAT, KEY.value());
        } catch (CoordinatorException e) {
            if (e.code() != ErrorCode.OBJECT_MISSING) {
                throw e;
            }
            throw new CoordinatorException(
                    ErrorCode.ARCHIVE_NOT_FOUND,
                    "there is no archive at '" + store.location() + "'",
                    "Check the location, or create the archive with 'tidemark archive init'.",
                    e);
        }
    }

    /** Makes the header of a new archive. */
    static ArchiveHeader create(
            ObjectId archiveId,
            Instant createdAt,
            List<String> probe,
            MasterKey masterKey,
            VerifyingKey publicKey,
            WrappedKey signingPrivateKey) {
        ArchiveHeader header = new ArchiveHeader(
                FORMAT,
                archiveId.toString(),
                createdAt,
                DEFAULT_CHUNK_SIZE,
                probe,
                publicKey.id(),
                Base64Text.encode(publicKey.encoded()),
                signingPrivateKey,
                "");
        return header.withMac(masterKey.authenticate(header.authenticated()));
    }

    /** Refuses an archive that is not the one that is meant: {@link ErrorCode#ARCHIVE_MISMATCH}. */
    void requireId(ObjectStore store, String expectedArchiveId) {
        if (!archiveId.equals(expectedArchiveId)) {
            throw new CoordinatorException(
                    ErrorCode.ARCHIVE_MISMATCH,
                    "the archive at '" + store.location() + "' is '" + archiveId + "' (expected: '" + expectedArchiveId
                            + "')",
                    "Check the location of the archive; this one belongs to another installation.");
        }
    }

    /** Returns the public key that verifies the archive's manifests. */
    public VerifyingKey verifyingKey() {
        return parse(signingPublicKey);
    }

    /** Returns the bytes that the message authentication code is over: every field but the code. */
    byte[] authenticated() {
        ByteFields fields = new ByteFields()
                .text("tidemark archive header")
                .u32(format)
                .text(archiveId)
                .text(createdAt.toString())
                .u32(chunkSizeBytes)
                .u32(probe.size());
        probe.forEach(fields::text);
        return fields.text(signingKeyId)
                .text(signingPublicKey)
                .text(signingPrivateKey.nonce())
                .text(signingPrivateKey.ciphertext())
                .toArray();
    }

    ArchiveHeader withMac(byte[] code) {
        return new ArchiveHeader(
                format,
                archiveId,
                createdAt,
                chunkSizeBytes,
                probe,
                signingKeyId,
                signingPublicKey,
                signingPrivateKey,
                Base64Text.encode(code));
    }

    private static VerifyingKey parse(String publicKey) {
        try {
            return VerifyingKey.of(Base64Text.decode(publicKey));
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("signingPublicKey: '" + publicKey + "' (expected: an Ed25519 key)", e);
        }
    }
}

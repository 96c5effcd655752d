package dev.tidemark.coordinator.archive.filelist;

import dev.tidemark.coordinator.archive.chunk.ChunkId;
import dev.tidemark.coordinator.archive.format.ByteFields;
import dev.tidemark.kvs.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/**
 * Bytes of a file list's part before compression: entries one after the other, each: length of the path (4 bytes) and the
 * path in UTF-8, size (8), length of the identity (4) and the identity in UTF-8, SHA-256 (32), number of chunks (4), their ids
 * (32 each). Numbers are big-endian.
 */
final class FileListFormat {
    /** A part is closed once its entries are that long. */
    static final int TARGET_BYTES = 4 << 20;

    /** Most chunks of one file: 1 TiB in pieces of 1 MiB. */
    static final int MAX_CHUNKS_PER_FILE = 1 << 20;

    /** Longest part: just below the target, and a file with as many chunks as there can be. */
    static final int MAX_PART_BYTES = 40 << 20;

    private static final int SHA256_BYTES = 32;
    private static final int MAX_IDENTITY_BYTES = 800;

    private FileListFormat() {}

    static void write(FileEntry file, ByteFields target) {
        target.text(file.path()).u64(file.sizeBytes()).text(file.identity());
        target.raw(file.sha256().toArray()).u32(file.chunks().size());
        file.chunks().forEach(chunk -> target.raw(chunk.toArray()));
    }

    /**
     * Reads an entry as hostile input.
     *
     * @throws IllegalArgumentException when a value is not acceptable
     * @throws java.nio.BufferUnderflowException when it is cut off
     */
    static FileEntry read(ByteBuffer source, int chunkSize) {
        String path = FilePath.check(text(source, FilePath.MAX_BYTES));
        long size = source.getLong();
        String identity = text(source, MAX_IDENTITY_BYTES);
        byte[] sha256 = new byte[SHA256_BYTES];
        source.get(sha256);
        int count = source.getInt();
        if (count < 0 || count > source.remaining() / ChunkId.BYTES) {
            throw new IllegalArgumentException("file '" + path + "' has " + count + " chunks");
        }
        List<ChunkId> chunks = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            chunks.add(ChunkId.read(source));
        }
        FileEntry file = new FileEntry(path, size, identity, Bytes.wrap(sha256), chunks);
        requireChunks(file, chunkSize);
        return file;
    }

    /** Checks that the number of chunks follows from the size. */
    static void requireChunks(FileEntry file, int chunkSize) {
        long expected = file.sizeBytes() / chunkSize + (file.sizeBytes() % chunkSize == 0 ? 0 : 1);
        if (file.chunks().size() != expected || expected > MAX_CHUNKS_PER_FILE) {
            throw new IllegalArgumentException("file '" + file.path() + "' of " + file.sizeBytes() + " bytes has "
                    + file.chunks().size() + " chunks (expected: " + expected + ", at most " + MAX_CHUNKS_PER_FILE
                    + ")");
        }
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static String text(ByteBuffer source, int maxBytes) {
        int length = source.getInt();
        if (length < 0 || length > maxBytes || length > source.remaining()) {
            throw new IllegalArgumentException("a text of " + length + " bytes (expected: at most " + maxBytes + ")");
        }
        ByteBuffer bytes = source.slice(source.position(), length);
        source.position(source.position() + length);
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("a text is not UTF-8", e);
        }
    }
}

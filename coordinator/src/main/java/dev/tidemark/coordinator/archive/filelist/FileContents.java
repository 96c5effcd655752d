package dev.tidemark.coordinator.archive.filelist;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.chunk.ChunkId;
import dev.tidemark.coordinator.archive.chunk.ChunkReader;
import dev.tidemark.coordinator.archive.chunk.ChunkWriter;
import dev.tidemark.coordinator.archive.format.FormatErrors;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.node.SnapshotFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.security.MessageDigest;

/** Moves the content of whole files into chunks and back, with one chunk in memory. Thread-safe. */
public final class FileContents {
    private FileContents() {}

    /**
     * Stores a file's content in pieces of the writer's chunk size; durable after the writer's next flush.
     *
     * @param content read to its end; not closed
     * @throws CoordinatorException {@link ErrorCode#SNAPSHOT_FAILED} when the content has another length than the file says or
     *     can't be read, {@link ErrorCode#STORE_UNSUPPORTED} when it is larger than 1,048,576 chunks, and as
     *     {@link ChunkWriter#store}
     */
    public static FileEntry store(ChunkWriter writer, SnapshotFile file, ReadableByteChannel content) {
        FilePieces pieces = new FilePieces(file, content, writer.chunkSizeBytes());
        ByteBuffer piece = ByteBuffer.allocate((int) Math.min(writer.chunkSizeBytes(), file.sizeBytes()));
        while (pieces.hasNext()) {
            int number = pieces.next(piece);
            pieces.stored(number, writer.store(piece).id());
        }
        return pieces.entry();
    }

    /**
     * Writes a file's content to a channel. Returns only when it was exactly what the entry says; until then the bytes in the
     * channel prove nothing.
     *
     * @param target not closed
     * @throws CoordinatorException {@link ErrorCode#OBJECT_MISSING}, {@link ErrorCode#OBJECT_DAMAGED} when the content is not
     *     there or wrong, {@link ErrorCode#STORE_UNAVAILABLE} when the channel fails
     */
    public static void copy(ChunkReader reader, FileEntry file, WritableByteChannel target) {
        MessageDigest sha256 = FileListFormat.sha256();
        long size = 0;
        for (ChunkId id : file.chunks()) {
            ByteBuffer piece = reader.view(id);
            sha256.update(piece.duplicate());
            size += piece.remaining();
            write(piece, file, target);
        }
        if (size != file.sizeBytes() || !Bytes.wrap(sha256.digest()).equals(file.sha256())) {
            throw FormatErrors.damaged(file.path(), "its chunks do not make up the file that was backed up");
        }
    }

    private static void write(ByteBuffer piece, FileEntry file, WritableByteChannel target) {
        try {
            while (piece.hasRemaining()) {
                target.write(piece);
            }
        } catch (IOException e) {
            throw new CoordinatorException(
                    ErrorCode.STORE_UNAVAILABLE,
                    "file '" + file.path() + "' can't be written: " + e.getMessage(),
                    "Look at the node's disk and resume the restore.",
                    e);
        }
    }
}

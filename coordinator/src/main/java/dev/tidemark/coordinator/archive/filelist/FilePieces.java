package dev.tidemark.coordinator.archive.filelist;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.chunk.ChunkId;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.node.SnapshotFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.security.MessageDigest;
import java.util.List;

/**
 * One file that is cut into pieces of the chunk size, to be stored by several threads. Whoever reads a piece hashes it for the
 * SHA-256 of the file, so that pieces are read in order, by one thread at a time; their chunks may be stored by any threads in
 * any order. Reading is for one thread at a time, which the caller sees to; the rest is thread-safe.
 */
public final class FilePieces implements AutoCloseable {
    private final SnapshotFile file;
    private final ReadableByteChannel content;
    private final int chunkSize;
    private final MessageDigest sha256 = FileListFormat.sha256();
    private final ChunkId[] chunks;
    private long position;

    /** Chunks that are still missing; guarded by {@link #chunks}. */
    private int missing;

    /**
     * Begins a file.
     *
     * @param content positioned at its start; closed with this, and when this fails
     * @throws CoordinatorException {@link ErrorCode#STORE_UNSUPPORTED} when the file is larger than 1,048,576 chunks,
     *     {@link ErrorCode#SNAPSHOT_FAILED} when it must be empty and is not
     */
    public FilePieces(SnapshotFile file, ReadableByteChannel content, int chunkSize) {
        this.file = file;
        this.content = content;
        this.chunkSize = chunkSize;
        try {
            chunks = new ChunkId[count()];
            missing = chunks.length;
            if (missing == 0) {
                requireEnd();
            }
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /** Tells whether there is something left to be read. */
    public boolean hasNext() {
        return position < file.sizeBytes();
    }

    /**
     * Reads the next piece; after the last one it makes sure that nothing follows.
     *
     * @param piece is filled from its beginning and flipped; as long as a chunk or longer, or as the file
     * @return number of the piece, from 0
     * @throws CoordinatorException {@link ErrorCode#SNAPSHOT_FAILED} when the content has another length than the file says or
     *     can't be read
     */
    public int next(ByteBuffer piece) {
        int number = (int) (position / chunkSize);
        piece.clear().limit((int) Math.min(chunkSize, file.sizeBytes() - position));
        while (piece.hasRemaining()) {
            if (read(piece) < 0) {
                throw otherLength();
            }
        }
        piece.flip();
        sha256.update(piece.duplicate());
        position += piece.remaining();
        if (!hasNext()) {
            requireEnd();
        }
        return number;
    }

    /**
     * Remembers the chunk of a piece.
     *
     * @return whether it was the last one that was missing: the entry is complete then
     */
    public boolean stored(int number, ChunkId id) {
        synchronized (chunks) {
            chunks[number] = id;
            missing--;
            return missing == 0;
        }
    }

    /** Returns the entry of the file, once every piece was read and stored. To be called once. */
    public FileEntry entry() {
        synchronized (chunks) {
            if (missing > 0) {
                throw new IllegalStateException("file '" + file.path() + "': " + missing + " chunks are missing");
            }
            return new FileEntry(
                    file.path(), file.sizeBytes(), file.identity(), Bytes.wrap(sha256.digest()), List.of(chunks));
        }
    }

    /** Closes the content; the entry can still be had. */
    @Override
    public void close() {
        try {
            content.close();
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private int count() {
        long limit = (long) FileListFormat.MAX_CHUNKS_PER_FILE * chunkSize;
        if (file.sizeBytes() > limit) {
            throw new CoordinatorException(
                    ErrorCode.STORE_UNSUPPORTED,
                    "file '" + file.path() + "' has " + file.sizeBytes() + " bytes (expected: at most " + limit + ")",
                    "Limit the size of the store's files.");
        }
        return (int) ((file.sizeBytes() + chunkSize - 1) / chunkSize);
    }

    private void requireEnd() {
        if (read(ByteBuffer.allocate(1)) > 0) {
            throw otherLength();
        }
    }

    private int read(ByteBuffer target) {
        try {
            return content.read(target);
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private CoordinatorException otherLength() {
        return new CoordinatorException(
                ErrorCode.SNAPSHOT_FAILED,
                "file '" + file.path() + "' has another length than the snapshot's list says (expected: "
                        + file.sizeBytes() + " bytes)",
                "Find out what changes files of snapshots on the node.");
    }

    private CoordinatorException unreadable(IOException cause) {
        return new CoordinatorException(
                ErrorCode.SNAPSHOT_FAILED,
                "file '" + file.path() + "' of the snapshot can't be read: " + cause.getMessage(),
                "Look at the node's disk and run the backup again.",
                cause);
    }
}

package dev.tidemark.coordinator.copy;

import dev.tidemark.coordinator.archive.chunk.ChunkId;
import dev.tidemark.coordinator.archive.chunk.ChunkReader;
import dev.tidemark.coordinator.archive.filelist.FileEntry;
import dev.tidemark.coordinator.archive.format.FormatErrors;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Iterator;

/** Content of a file, chunk by chunk. Whoever reads it checks its SHA-256; its length is checked here. */
final class ChunkChannel implements ReadableByteChannel {
    private final ChunkReader reader;
    private final FileEntry file;
    private final Iterator<ChunkId> chunks;
    private ByteBuffer piece = ByteBuffer.allocate(0);
    private long left;

    ChunkChannel(ChunkReader reader, FileEntry file) {
        this.reader = reader;
        this.file = file;
        chunks = file.chunks().iterator();
        left = file.sizeBytes();
    }

    @Override
    public int read(ByteBuffer target) {
        if (!piece.hasRemaining()) {
            if (!chunks.hasNext()) {
                requireLength(left == 0);
                return -1;
            }
            piece = reader.view(chunks.next());
            left -= piece.remaining();
            requireLength(left >= 0);
        }
        int length = Math.min(piece.remaining(), target.remaining());
        target.put(piece.slice(piece.position(), length));
        piece.position(piece.position() + length);
        return length;
    }

    private void requireLength(boolean isRight) {
        if (!isRight) {
            throw FormatErrors.damaged(file.path(), "its chunks do not make up the file that was backed up");
        }
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    @Override
    public void close() {}
}

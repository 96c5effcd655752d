package dev.tidemark.coordinator.archive.filelist;

import dev.tidemark.coordinator.archive.chunk.ChunkReader;
import dev.tidemark.coordinator.archive.chunk.ChunkWriter;
import dev.tidemark.kvs.node.SnapshotFile;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;

/** skeleton */
public final class FileContents {
    private FileContents() {}

    /** Reads the channel to its end in pieces of the chunk size. */
    public static FileEntry store(ChunkWriter writer, SnapshotFile file, ReadableByteChannel content) {
        throw new UnsupportedOperationException();
    }

    /** Writes the file's content to the channel and checks size and SHA-256 before it returns. */
    public static void copy(ChunkReader reader, FileEntry file, WritableByteChannel target) {
        throw new UnsupportedOperationException();
    }
}

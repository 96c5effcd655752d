package dev.tidemark.timestamp.bound;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * An open file that is read and written in blocks: the seam at which tests cut the power. The bytes of a write are
 * durable once {@link #force} has returned; until then any part of them may be lost.
 */
interface BlockFile extends AutoCloseable {
    /** Returns the size in bytes. */
    long size() throws IOException;

    /** Returns the bytes from the position on; fewer than asked for when the file ends before. */
    byte[] read(long position, int length) throws IOException;

    /** Writes all of the bytes. */
    void write(long position, byte[] bytes) throws IOException;

    /** Returns when everything written is on the medium. */
    void force() throws IOException;

    @Override
    void close() throws IOException;

    /** Opens files, and makes their names durable. */
    @FunctionalInterface
    interface Opener {
        /** Opens a file that exists for reading and writing. */
        BlockFile open(Path file) throws IOException;

        /** Returns when the names in a directory are on the medium. */
        default void forceDirectory(Path directory) throws IOException {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }

        /** Returns the opener of the running system. */
        static Opener system() {
            return file -> {
                if (!file.toFile().isFile()) {
                    throw new NoSuchFileException(file.toString());
                }
                return new RandomAccessBlockFile(new RandomAccessFile(file.toFile(), "rw"));
            };
        }
    }

    /** Uses {@link RandomAccessFile}, because a file channel is closed when its thread is interrupted. */
    record RandomAccessBlockFile(RandomAccessFile file) implements BlockFile {
        @Override
        public long size() throws IOException {
            return file.length();
        }

        @Override
        public byte[] read(long position, int length) throws IOException {
            byte[] bytes = new byte[length];
            int filled = 0;
            file.seek(position);
            while (filled < length) {
                int count = file.read(bytes, filled, length - filled);
                if (count < 0) {
                    return Arrays.copyOf(bytes, filled);
                }
                filled += count;
            }
            return bytes;
        }

        @Override
        public void write(long position, byte[] bytes) throws IOException {
            file.seek(position);
            file.write(bytes);
        }

        @Override
        public void force() throws IOException {
            file.getFD().sync();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}

package dev.tidemark.coordinator.exchange;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.kvs.ErrorCode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** Writes a tar file, see {@link TarFormat}. Not thread-safe. */
final class TarWriter {
    private static final byte[] ZEROS = new byte[2 * TarFormat.BLOCK];

    private final OutputStream target;
    private final long seconds;
    private long entries;

    /**
     * Begins a file.
     *
     * @param target not closed
     * @param seconds modification time of all entries
     */
    TarWriter(OutputStream target, long seconds) {
        this.target = target;
        this.seconds = seconds;
    }

    void entry(String name, byte[] content) {
        begin(name, content.length);
        write(content, 0, content.length);
        end(content.length);
    }

    void begin(String name, long size) {
        entries++;
        byte[] headers = TarFormat.headers(name, size, seconds, entries);
        write(headers, 0, headers.length);
    }

    void write(byte[] content) {
        write(content, 0, content.length);
    }

    /** Fills the last block of an entry. */
    void end(long size) {
        write(ZEROS, 0, TarFormat.padding(size));
    }

    /** Returns the place for the content of the entry that was begun. */
    WritableByteChannel content() {
        return new WritableByteChannel() {
            @Override
            public int write(ByteBuffer source) {
                int length = source.remaining();
                if (source.hasArray()) {
                    TarWriter.this.write(source.array(), source.arrayOffset() + source.position(), length);
                    source.position(source.limit());
                } else {
                    byte[] copy = new byte[length];
                    source.get(copy);
                    TarWriter.this.write(copy, 0, length);
                }
                return length;
            }

            @Override
            public boolean isOpen() {
                return true;
            }

            @Override
            public void close() {}
        };
    }

    void finish() {
        write(ZEROS, 0, ZEROS.length);
        try {
            target.flush();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private void write(byte[] content, int offset, int length) {
        try {
            target.write(content, offset, length);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private static CoordinatorException failed(IOException cause) {
        boolean isFull = String.valueOf(cause.getMessage()).contains("No space left");
        return new CoordinatorException(
                isFull ? ErrorCode.DISK_FULL : ErrorCode.INVALID_INPUT,
                "the export can't be written: " + cause.getMessage(),
                "Look at where the export goes to, and begin it again.",
                cause);
    }
}

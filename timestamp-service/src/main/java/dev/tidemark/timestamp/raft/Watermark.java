package dev.tidemark.timestamp.raft;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * How far the log has got, apart from the log: file {@code watermark}, 28 bytes, big-endian. A log whose end was cut off looks like
 * one that was never longer; by this number the server knows better, and does not vote for a cluster that has forgotten.
 *
 * <pre>
 * offset  bytes  content
 *      0      8  ASCII "TMRAFTWM"
 *      8      4  format version, 1
 *     12      8  number of an entry that was committed and on this server's medium
 *     20      4  zero
 *     24      4  CRC32C of the 24 bytes before
 * </pre>
 *
 * <p>It is overwritten with each entry and never forced: after a power cut it may be lower than the log, which does no harm; it is
 * never higher, as the entry was forced before.
 */
final class Watermark implements AutoCloseable {
    private static final String FILE = "watermark";
    private static final byte[] TYPE = "TMRAFTWM".getBytes(StandardCharsets.US_ASCII);
    private static final int VERSION = 1;
    private static final int SIZE_BYTES = 28;
    private static final int CHECKSUM_OFFSET = SIZE_BYTES - Integer.BYTES;

    private final FileChannel channel;
    private long index;

    private Watermark(FileChannel channel, long index) {
        this.channel = channel;
        this.index = index;
    }

    /** Reads it; -1 when no entry was committed here. */
    static long read(Path directory) throws IOException {
        Path file = directory.resolve(FILE);
        if (!Files.exists(file) || Files.size(file) == 0) {
            return -1;
        }
        ByteBuffer buffer = ByteBuffer.wrap(Files.readAllBytes(file));
        if (buffer.capacity() != SIZE_BYTES || buffer.getInt(CHECKSUM_OFFSET) != checksum(buffer)) {
            throw RaftErrors.damaged(file, "its checksum does not match its content", null);
        }
        if (buffer.getInt(TYPE.length) != VERSION) {
            throw RaftErrors.otherVersion(file, buffer.getInt(TYPE.length));
        }
        return buffer.getLong(TYPE.length + Integer.BYTES);
    }

    static Watermark open(Path directory) throws IOException {
        long index = read(directory);
        FileChannel channel =
                FileChannel.open(directory.resolve(FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        return new Watermark(channel, index);
    }

    /** Raises it. */
    synchronized void raise(long to) throws IOException {
        if (to <= index || !channel.isOpen()) {
            return;
        }
        ByteBuffer buffer = ByteBuffer.allocate(SIZE_BYTES);
        buffer.put(TYPE).putInt(VERSION).putLong(to);
        buffer.putInt(CHECKSUM_OFFSET, checksum(buffer));
        if (channel.write(buffer.clear(), 0) != SIZE_BYTES) {
            throw new IOException("watermark was written in part");
        }
        index = to;
    }

    @Override
    public synchronized void close() throws IOException {
        channel.close();
    }

    private static int checksum(ByteBuffer buffer) {
        CRC32C checksum = new CRC32C();
        checksum.update(buffer.array(), 0, CHECKSUM_OFFSET);
        return (int) checksum.getValue();
    }
}

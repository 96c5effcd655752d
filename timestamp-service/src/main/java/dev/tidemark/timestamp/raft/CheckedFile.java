package dev.tidemark.timestamp.raft;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.zip.CRC32C;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;

/**
 * A file of eight letters that say what it is, its format version in four bytes, its content, and the CRC32C of all that in four
 * bytes; big-endian. It appears whole, by a rename.
 */
final class CheckedFile {
    private static final int VERSION = 1;
    private static final int HEADER_BYTES = 8 + Integer.BYTES;

    private CheckedFile() {}

    static void write(Path path, String type, Consumer<WireWriter> content) throws IOException {
        Path unfinished = path.resolveSibling(path.getFileName() + ".unfinished");
        CRC32C checksum = new CRC32C();
        try (FileOutputStream file = new FileOutputStream(unfinished.toFile());
                OutputStream buffer = new BufferedOutputStream(file, 1 << 16)) {
            OutputStream checked = new CheckedOutputStream(buffer, checksum);
            checked.write(type.getBytes(StandardCharsets.US_ASCII));
            WireWriter out = new WireWriter(checked);
            content.accept(out.int32(VERSION));
            new WireWriter(buffer).int32((int) checksum.getValue());
            buffer.flush();
            file.getFD().sync();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE);
        force(path.toAbsolutePath().getParent());
    }

    /**
     * Reads a file whose checksum is right.
     *
     * @throws dev.tidemark.timestamp.TimestampException when it is damaged, or of another version
     */
    static <T> T read(Path path, String type, Function<WireReader, T> content) throws IOException {
        long contentBytes = Files.size(path) - HEADER_BYTES - Integer.BYTES;
        if (contentBytes < 0) {
            throw RaftErrors.damaged(path, "it has " + Files.size(path) + " bytes", null);
        }
        verify(path, HEADER_BYTES + contentBytes);
        try (InputStream file = new BufferedInputStream(Files.newInputStream(path), 1 << 16)) {
            if (!type.equals(new String(file.readNBytes(8), StandardCharsets.US_ASCII))) {
                throw RaftErrors.damaged(path, "it does not begin with " + type, null);
            }
            WireReader in = new WireReader(new Limited(file, contentBytes + Integer.BYTES));
            int version = in.int32();
            if (version != VERSION) {
                throw RaftErrors.otherVersion(path, version);
            }
            T value = content.apply(in);
            in.end();
            return value;
        } catch (IllegalArgumentException e) {
            throw RaftErrors.damaged(path, e.getMessage(), e);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Makes the names in a directory durable. */
    static void force(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static void verify(Path path, long checkedBytes) throws IOException {
        CRC32C checksum = new CRC32C();
        try (InputStream file = new BufferedInputStream(Files.newInputStream(path), 1 << 16)) {
            InputStream checked = new CheckedInputStream(file, checksum);
            checked.skipNBytes(checkedBytes);
            int stored = ByteBuffer.wrap(file.readNBytes(Integer.BYTES)).getInt();
            if (stored != (int) checksum.getValue()) {
                throw RaftErrors.damaged(path, "its checksum does not match its content", null);
            }
        }
    }

    /** Reads at most so many bytes of another stream. */
    private static final class Limited extends InputStream {
        private final InputStream in;
        private long left;

        private Limited(InputStream in, long left) {
            this.in = in;
            this.left = left;
        }

        @Override
        public int read() throws IOException {
            if (left == 0) {
                return -1;
            }
            left--;
            return in.read();
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (left == 0 && length > 0) {
                return -1;
            }
            int read = in.read(bytes, offset, (int) Math.min(length, left));
            left -= Math.max(0, read);
            return read;
        }
    }
}

package dev.tidemark.coordinator.exchange;

import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.security.MessageDigest;
import java.util.HexFormat;

/** Content of a file in an export, from the stream: it has the SHA-256 that its list states, or reading it fails. */
final class FileContent implements ReadableByteChannel {
    private final TarReader tar;
    private final ExportFormat.Line line;
    private final MessageDigest sha256 = ExportFormat.sha256();
    private final byte[] buffer = new byte[16 << 10];
    private boolean isAtEnd;

    FileContent(TarReader tar, ExportFormat.Line line) {
        this.tar = tar;
        this.line = line;
    }

    @Override
    public int read(ByteBuffer target) {
        if (isAtEnd) {
            return -1;
        }
        int count = tar.read(buffer, 0, Math.min(buffer.length, target.remaining()));
        if (count < 0) {
            isAtEnd = true;
            if (!HexFormat.of().formatHex(sha256.digest()).equals(line.sha256())) {
                throw ExportFormat.invalid("file '" + line.name() + "' does not have the content that its list states");
            }
            return -1;
        }
        sha256.update(buffer, 0, count);
        target.put(buffer, 0, count);
        return count;
    }

    /** Reads what is left, so that all of it is checked. */
    void drain() {
        ByteBuffer rest = ByteBuffer.allocate(buffer.length);
        while (read(rest) >= 0) {
            rest.clear();
        }
    }

    @Override
    public boolean isOpen() {
        return true;
    }

    /** The stream goes on. */
    @Override
    public void close() {}
}

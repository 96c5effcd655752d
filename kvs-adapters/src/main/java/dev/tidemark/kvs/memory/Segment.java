package dev.tidemark.kvs.memory;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * An immutable file of a node: the number of tables; for each its name and the number of its writes; for each write row, column,
 * version timestamp, sequence number, and the value or the length -1 for a deletion; at the end the CRC-32C of all before as 8
 * bytes. Numbers are big-endian, byte sequences have their length as 4 bytes before them.
 *
 * @param number place in the order in which the node made its segments
 * @param identity hash of the content
 */
record Segment(int number, byte[] content, String identity) {
    private static final Pattern PATH = Pattern.compile("segment-([0-9]{6})");
    private static final int DELETED = -1;

    static Segment create(int number, Map<TableName, NavigableMap<VersionKey, Write>> writes) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(writes.size());
            for (Map.Entry<TableName, NavigableMap<VersionKey, Write>> table : writes.entrySet()) {
                out.writeUTF(table.getKey().name());
                out.writeInt(table.getValue().size());
                for (Map.Entry<VersionKey, Write> write : table.getValue().entrySet()) {
                    writeBytes(out, write.getKey().cell().row());
                    writeBytes(out, write.getKey().cell().column());
                    out.writeLong(write.getKey().timestamp());
                    out.writeLong(write.getValue().sequence());
                    if (write.getValue().isDeletion()) {
                        out.writeInt(DELETED);
                    } else {
                        writeBytes(out, write.getValue().value());
                    }
                }
            }
            out.writeLong(checksum(bytes.toByteArray(), bytes.size()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return of(number, bytes.toByteArray());
    }

    /**
     * Reads a file that was staged.
     *
     * @throws KeyValueStoreException {@link ErrorCode#STORE_DAMAGED} when it is no segment
     */
    static Segment of(String path, byte[] content) {
        Matcher matcher = PATH.matcher(path);
        if (!matcher.matches()) {
            throw damaged(path);
        }
        Segment segment = of(Integer.parseInt(matcher.group(1)), content);
        segment.decode();
        return segment;
    }

    private static Segment of(int number, byte[] content) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(content);
            return new Segment(number, content, "sha256-" + HexFormat.of().formatHex(hash));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    String path() {
        return String.format(Locale.ROOT, "segment-%06d", number);
    }

    Map<TableName, NavigableMap<VersionKey, Write>> decode() {
        Map<TableName, NavigableMap<VersionKey, Write>> tables = new TreeMap<>();
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(content))) {
            if (content.length < Integer.BYTES + Long.BYTES || !isChecksumRight()) {
                throw damaged(path());
            }
            int tableCount = in.readInt();
            for (int i = 0; i < tableCount; i++) {
                TableName table = TableName.of(in.readUTF());
                NavigableMap<VersionKey, Write> writes = new TreeMap<>();
                int writeCount = in.readInt();
                for (int j = 0; j < writeCount; j++) {
                    Cell cell = Cell.of(readBytes(in, in.readInt()), readBytes(in, in.readInt()));
                    VersionKey key = new VersionKey(cell, in.readLong());
                    long sequence = in.readLong();
                    int length = in.readInt();
                    writes.put(key, new Write(length == DELETED ? null : readBytes(in, length), sequence));
                }
                tables.put(table, writes);
            }
            if (in.available() != Long.BYTES) {
                throw damaged(path());
            }
        } catch (IOException | IllegalArgumentException e) {
            // A right checksum does not make the content right: whoever made the file could have made the checksum.
            throw damaged(path());
        }
        return tables;
    }

    private boolean isChecksumRight() {
        int end = content.length - Long.BYTES;
        return Bytes.of(Arrays.copyOfRange(content, end, content.length)).toLong() == checksum(content, end);
    }

    private static KeyValueStoreException damaged(String path) {
        return new KeyValueStoreException(
                ErrorCode.STORE_DAMAGED, "file '" + path + "' is no intact segment", "Restore another backup.");
    }

    private static long checksum(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return crc.getValue();
    }

    private static void writeBytes(DataOutputStream out, Bytes bytes) throws IOException {
        out.writeInt(bytes.length());
        out.write(bytes.toArray());
    }

    private static Bytes readBytes(DataInputStream in, int length) throws IOException {
        if (length < 0 || length > in.available()) {
            throw new IOException("length: " + length + " (expected: 0.." + in.available() + ")");
        }
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        return Bytes.wrap(bytes);
    }
}

package dev.tidemark.kvs.rocksdb;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The key of a cell version in RocksDB. RocksDB orders keys as unsigned bytes; the keys are made so that this is the order of
 * {@link Cell}, and within a cell from the newest version to the oldest:
 *
 * <pre>
 * key       = escaped(row) 00 01  escaped(column) 00 01  inverted
 * escaped   = each byte as it is, but 00 as 00 FF
 * inverted  = bitwise complement of the version timestamp, 8 bytes, big-endian
 * </pre>
 *
 * A row that is a prefix of another ends with 00 01, where the other goes on with 00 FF or a greater byte; so it comes first. No
 * escaped part has 00 01 inside; so the parts can't be taken for one another. Timestamps are never negative; so their complements
 * begin with a byte of 80 or more and fall as the timestamps rise. The value is the value of the version.
 */
final class CellKey {
    private static final int ESCAPE = 0x00;
    private static final int ESCAPED_ZERO = 0xff;
    private static final int END = 0x01;

    private CellKey() {}

    /** Returns the key of a version, timestamp &gt;= 0. */
    static byte[] of(Cell cell, long timestamp) {
        return of(prefix(cell), timestamp);
    }

    /** Returns the key of a version of the cell with this prefix. */
    static byte[] of(byte[] prefix, long timestamp) {
        byte[] key = Arrays.copyOf(prefix, prefix.length + Long.BYTES);
        ByteBuffer.wrap(key).putLong(prefix.length, ~timestamp);
        return key;
    }

    /** Returns what the keys of all versions of the cell begin with, and no other key; less than each of them. */
    static byte[] prefix(Cell cell) {
        ByteArrayOutputStream out =
                new ByteArrayOutputStream(cell.row().length() + cell.column().length() + 2 * Short.BYTES + Long.BYTES);
        escape(cell.row(), out);
        escape(cell.column(), out);
        return out.toByteArray();
    }

    /** Tells whether the key is that of a version of the cell with this prefix. */
    static boolean isOf(byte[] key, byte[] prefix) {
        return key.length == prefix.length + Long.BYTES
                && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
    }

    /**
     * Returns the version timestamp of a key.
     *
     * @throws IllegalArgumentException when the key is too short to have one
     */
    static long timestamp(byte[] key) {
        if (key.length < Long.BYTES) {
            throw malformed(key);
        }
        return ~ByteBuffer.wrap(key).getLong(key.length - Long.BYTES);
    }

    /**
     * Returns the cell of a key.
     *
     * @throws IllegalArgumentException when the key does not have the form
     */
    static Cell cell(byte[] key) {
        int rowEnd = end(key, 0);
        int columnEnd = end(key, rowEnd + 2);
        if (columnEnd + 2 + Long.BYTES != key.length) {
            throw malformed(key);
        }
        return Cell.of(unescape(key, 0, rowEnd), unescape(key, rowEnd + 2, columnEnd));
    }

    private static void escape(Bytes part, ByteArrayOutputStream out) {
        for (int i = 0; i < part.length(); i++) {
            out.write(part.at(i));
            if (part.at(i) == ESCAPE) {
                out.write(ESCAPED_ZERO);
            }
        }
        out.write(ESCAPE);
        out.write(END);
    }

    private static int end(byte[] key, int start) {
        int i = start;
        while (i + 1 < key.length) {
            if (key[i] != ESCAPE) {
                i++;
                continue;
            }
            if (key[i + 1] == END) {
                return i;
            }
            i += 2;
        }
        throw malformed(key);
    }

    private static Bytes unescape(byte[] key, int start, int end) {
        byte[] part = new byte[end - start];
        int length = 0;
        for (int i = start; i < end; i++) {
            part[length++] = key[i];
            if (key[i] == ESCAPE) {
                i++;
            }
        }
        return Bytes.wrap(length == part.length ? part : Arrays.copyOf(part, length));
    }

    private static IllegalArgumentException malformed(byte[] key) {
        return new IllegalArgumentException("key " + Bytes.of(key) + " is not that of a cell version");
    }
}

package dev.tidemark.coordinator.history;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.TableName;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Rows of the scratch table that holds what was read and written, ordered by store, table and cell:
 *
 * <pre>
 * key     = store number, 4 bytes, big-endian  table, UTF-8  00  escaped(row) 00 01  column
 * escaped = each byte as it is, but 00 as 00 FF
 * </pre>
 *
 * No table name has a zero byte, and no escaped row has 00 01 inside; so the order of the keys is that of the cells.
 */
final class CellKeys {
    private static final int ESCAPED_ZERO = 0xff;
    private static final int END = 0x01;

    private CellKeys() {}

    /** Returns what the keys of all cells of a table begin with, and no others. */
    static Bytes prefix(int store, TableName table) {
        return Bytes.wrap(ByteBuffer.allocate(Integer.BYTES).putInt(store).array())
                .concat(Bytes.utf8(table.name() + "\0"));
    }

    static Bytes key(Bytes prefix, Cell cell) {
        ByteArrayOutputStream key = new ByteArrayOutputStream();
        key.writeBytes(prefix.toArray());
        for (byte part : cell.row().toArray()) {
            key.write(part);
            if (part == 0) {
                key.write(ESCAPED_ZERO);
            }
        }
        key.write(0);
        key.write(END);
        key.writeBytes(cell.column().toArray());
        return Bytes.wrap(key.toByteArray());
    }

    /** Returns the cell of a key that begins with the prefix. */
    static Cell cell(Bytes prefix, Bytes key) {
        byte[] bytes = key.toArray();
        ByteArrayOutputStream row = new ByteArrayOutputStream();
        int position = prefix.length();
        while (bytes[position] != 0 || bytes[position + 1] != END) {
            row.write(bytes[position]);
            position += bytes[position] == 0 ? 2 : 1;
        }
        int column = position + 2;
        return Cell.of(Bytes.wrap(row.toByteArray()), Bytes.wrap(Arrays.copyOfRange(bytes, column, bytes.length)));
    }
}

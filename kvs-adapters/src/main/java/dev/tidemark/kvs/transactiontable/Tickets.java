package dev.tidemark.kvs.transactiontable;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.CellRange;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.TimestampRange;

/**
 * Where schemas 2 and 3 keep an entry: quanta of 25,000,000 start timestamps are dealt over 16 rows each, so that neighbouring
 * transactions do not contend. With q the quantum: row number = (start / q) * 16 + (start % q) % 16, as 8 bytes big-endian of
 * the number with its 64 bits reversed; column = (start % q) / 16 as {@link VarLong}.
 */
public final class Tickets {
    /** The table. */
    public static final TableName TABLE = TableName.of("_transactions2");
    /** How many start timestamps share rows. */
    public static final long QUANTUM = 25_000_000;
    /** Over how many rows they are dealt. */
    public static final int ROWS_PER_QUANTUM = 16;

    private static final int ROW_BITS = 4;
    private static final long LAST_COLUMN = QUANTUM / ROWS_PER_QUANTUM - 1;

    private Tickets() {}

    static Cell cellOf(long startTimestamp) {
        long offset = startTimestamp % QUANTUM;
        return Cell.of(
                row(startTimestamp / QUANTUM, (int) (offset % ROWS_PER_QUANTUM)),
                VarLong.encode(offset / ROWS_PER_QUANTUM));
    }

    static long startTimestampOf(Cell cell) {
        long quantum = quantumOf(cell.row());
        long column = VarLong.decode(cell.column());
        boolean isColumn = column >= 0
                && column <= LAST_COLUMN
                && VarLong.length(cell.column()) == cell.column().length();
        long start = quantum * QUANTUM + column * ROWS_PER_QUANTUM + rowOf(cell.row());
        if (!isColumn || start < 1) { // the last quantum is cut off by the largest number
            throw notOfAStart("cell " + cell);
        }
        return start;
    }

    /**
     * Returns the cells of one row that can hold start timestamps of an interval.
     *
     * @param starts an interval inside one quantum
     * @param slice which of the quantum's rows, 0..15
     */
    public static CellRange slice(TimestampRange starts, int slice) {
        long quantum = starts.lower() / QUANTUM;
        if (starts.upper() / QUANTUM != quantum) {
            throw new IllegalArgumentException("starts: " + starts + " (expected: one quantum)");
        }
        return CellRange.columns(
                row(quantum, slice),
                VarLong.encode(starts.lower() % QUANTUM / ROWS_PER_QUANTUM),
                VarLong.encode(starts.upper() % QUANTUM / ROWS_PER_QUANTUM));
    }

    /**
     * Returns the cells of that row of every quantum. They are next to each other: the reversal makes the row's number within
     * its quantum, which is its lowest 4 bits, the highest ones.
     *
     * @param slice which of the rows, 0..15
     */
    public static CellRange sliceOfAllQuanta(int slice) {
        boolean isLast = Long.reverse(slice) == -1L << (Long.SIZE - ROW_BITS);
        return CellRange.rows(
                row(0, slice), isLast ? null : Bytes.ofLong(Long.reverse(slice) + (1L << (Long.SIZE - ROW_BITS))));
    }

    /** Returns a row of a quantum. */
    public static Bytes row(long quantum, int slice) {
        return Bytes.ofLong(Long.reverse(quantum * ROWS_PER_QUANTUM + slice));
    }

    /**
     * Returns which of its quantum's rows a row is, 0..15.
     *
     * @throws KeyValueStoreException {@link ErrorCode#STORE_DAMAGED} when it is the row of no start timestamp
     */
    public static int rowOf(Bytes row) {
        return (int) (numberOf(row) % ROWS_PER_QUANTUM);
    }

    /**
     * Returns the quantum of a row: its start timestamps divided by {@link #QUANTUM}.
     *
     * @throws KeyValueStoreException {@link ErrorCode#STORE_DAMAGED} when it is the row of no start timestamp
     */
    public static long quantumOf(Bytes row) {
        return numberOf(row) / ROWS_PER_QUANTUM;
    }

    private static long numberOf(Bytes row) {
        long number = row.length() == Long.BYTES ? Long.reverse(row.toLong()) : -1;
        if (number < 0 || number / ROWS_PER_QUANTUM > Long.MAX_VALUE / QUANTUM) {
            throw notOfAStart("row " + row);
        }
        return number;
    }

    private static KeyValueStoreException notOfAStart(String what) {
        return new KeyValueStoreException(
                ErrorCode.STORE_DAMAGED,
                "table '" + TABLE + "' has the " + what + " (expected: the cell of a start timestamp)",
                "Check that the table is a transactions table of schema 2 or 3.");
    }
}

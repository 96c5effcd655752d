package dev.tidemark.kvs;

import java.util.Arrays;
import java.util.Objects;

/**
 * An interval of cells in the order of {@link Cell}. Its lower end is inclusive, its upper end exclusive.
 *
 * @param startInclusive the first cell that can be in the range
 * @param endExclusive the first cell after the range, or null for no upper end
 */
public record CellRange(Cell startInclusive, Cell endExclusive) {
    private static final Bytes ZERO_BYTE = Bytes.wrap(new byte[] {0});
    private static final Cell FIRST = new Cell(Bytes.EMPTY, Bytes.EMPTY);
    private static final CellRange ALL = new CellRange(FIRST, null);

    /** Checks that there is a lower end. */
    public CellRange {
        Objects.requireNonNull(startInclusive, "startInclusive");
    }

    /** Returns the range of every cell. */
    public static CellRange all() {
        return ALL;
    }

    /** Returns the cells of one row. */
    public static CellRange row(Bytes row) {
        return new CellRange(new Cell(row, Bytes.EMPTY), new Cell(row.concat(ZERO_BYTE), Bytes.EMPTY));
    }

    /** Returns the cells of the rows from the first, inclusive, to the last, exclusive; null means no upper end. */
    public static CellRange rows(Bytes startInclusive, Bytes endExclusive) {
        return new CellRange(
                new Cell(startInclusive, Bytes.EMPTY),
                endExclusive == null ? null : new Cell(endExclusive, Bytes.EMPTY));
    }

    /** Returns the cells of the rows that begin with the prefix. */
    public static CellRange rowsWithPrefix(Bytes prefix) {
        return rows(prefix, firstAfterPrefix(prefix));
    }

    /** Returns the cells of one row whose columns lie between the two, both inclusive. */
    public static CellRange columns(Bytes row, Bytes firstInclusive, Bytes lastInclusive) {
        return new CellRange(new Cell(row, firstInclusive), new Cell(row, lastInclusive.concat(ZERO_BYTE)));
    }

    /** Tells whether the cell is in the range. */
    public boolean contains(Cell cell) {
        return cell.compareTo(startInclusive) >= 0 && (endExclusive == null || cell.compareTo(endExclusive) < 0);
    }

    private static Bytes firstAfterPrefix(Bytes prefix) {
        byte[] next = prefix.toArray();
        for (int i = next.length - 1; i >= 0; i--) {
            if (next[i] != (byte) 0xff) {
                next[i]++;
                return Bytes.wrap(Arrays.copyOf(next, i + 1));
            }
        }
        return null;
    }
}

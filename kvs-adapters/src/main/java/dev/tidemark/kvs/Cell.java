package dev.tidemark.kvs;

import java.util.Objects;

/** A place in a table: row and column. Ordered by row, then by column. */
public record Cell(Bytes row, Bytes column) implements Comparable<Cell> {
    /** Checks that neither part is null. */
    public Cell {
        Objects.requireNonNull(row, "row");
        Objects.requireNonNull(column, "column");
    }

    /** Returns the cell of this row and column. */
    public static Cell of(Bytes row, Bytes column) {
        return new Cell(row, column);
    }

    @Override
    public int compareTo(Cell other) {
        int byRow = row.compareTo(other.row);
        return byRow != 0 ? byRow : column.compareTo(other.column);
    }
}

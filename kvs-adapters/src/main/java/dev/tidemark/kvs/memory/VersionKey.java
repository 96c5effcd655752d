package dev.tidemark.kvs.memory;

import dev.tidemark.kvs.Cell;

/** A version of a cell: cells ascending, their versions from the newest to the oldest. */
record VersionKey(Cell cell, long timestamp) implements Comparable<VersionKey> {
    @Override
    public int compareTo(VersionKey other) {
        int byCell = cell.compareTo(other.cell);
        return byCell != 0 ? byCell : Long.compare(other.timestamp, timestamp);
    }
}

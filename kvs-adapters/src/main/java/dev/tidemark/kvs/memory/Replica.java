package dev.tidemark.kvs.memory;

import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.TableName;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.SortedSet;

/** The data that a node serves, and whether it can be reached. Guarded by the store's monitor. */
final class Replica {
    private Contents contents = new Contents();
    private boolean isUp = true;

    boolean isUp() {
        return isUp;
    }

    void setUp(boolean up) {
        isUp = up;
    }

    Contents contents() {
        return contents;
    }

    void replace(Contents newContents) {
        contents = newContents;
    }

    void createTable(TableName table) {
        contents.createTable(table);
    }

    SortedSet<TableName> tables() {
        return contents.tables();
    }

    NavigableMap<VersionKey, Write> table(TableName table) {
        return contents.table(table);
    }

    /** Returns the versions of a cell above zero and up to a timestamp that were applied or are on their way, deletions included. */
    Set<VersionKey> versions(TableName table, Cell cell, long timestampInclusive) {
        return contents.versions(table, cell, timestampInclusive);
    }

    void apply(TableName table, VersionKey key, Write write) {
        contents.apply(table, key, write);
    }

    void applyLater(TableName table, VersionKey key, Write write) {
        contents.applyLater(table, key, write);
    }

    int pendingWrites() {
        return contents.pendingWrites();
    }

    /** Applies what waits, oldest first; does nothing while the node is down. */
    void deliver() {
        if (isUp) {
            contents.deliver();
        }
    }

    List<Segment> flush() {
        return contents.flush();
    }
}

package dev.tidemark.kvs.cassandra.node.jmx;

/**
 * How much a node holds of a table.
 *
 * @param sstables number of its SSTables that are read
 * @param memtableOperations number of writes that are in memory alone
 */
public record TableContent(long sstables, long memtableOperations) {
    /** Tells whether there is nothing, deletions included. */
    public boolean isEmpty() {
        return sstables == 0 && memtableOperations == 0;
    }
}

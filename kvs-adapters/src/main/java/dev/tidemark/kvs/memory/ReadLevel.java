package dev.tidemark.kvs.memory;

/** How many replicas a read asks. */
public enum ReadLevel {
    /** As many as are needed to meet every write that a write quorum has: replication factor - write quorum + 1. */
    QUORUM,
    /**
     * All of them, so that a read sees what a single replica holds, as in a restored store whose nodes were not repaired.
     * Reads fail while one is down.
     */
    ALL
}

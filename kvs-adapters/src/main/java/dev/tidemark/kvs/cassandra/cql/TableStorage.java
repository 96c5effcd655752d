package dev.tidemark.kvs.cassandra.cql;

/** How new tables are laid out on disk; what is read and written is the same. */
public enum TableStorage {
    /** As AtlasDB creates its tables ({@code COMPACT STORAGE}): without a marker for each row. */
    COMPACT,
    /** As CQL creates tables by itself, for clusters that refuse the other. */
    PLAIN
}

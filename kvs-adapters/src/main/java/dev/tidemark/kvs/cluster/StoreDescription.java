package dev.tidemark.kvs.cluster;

import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.node.NodeId;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What a store is and holds, as of the moment of asking; goes into the manifest.
 *
 * @param type name of the adapter, for example {@code rocksdb}
 * @param version version of the store's software
 * @param nodes all nodes that own data, those that are down included
 * @param replicationFactor copies of each cell, 1..nodes
 * @param writeQuorum copies that a write waits for, 1..replicationFactor
 * @param tables all tables, internal ones included
 * @param schema text by name from which an empty store can be set up; may be empty
 * @param transactionsSchemas which transactions schema applies to which start timestamps
 * @param transactionsSchemasBound the last start timestamp for which the store has decided on a transactions schema; no
 *     transaction with a greater one can have committed; {@link Long#MAX_VALUE} for a store that has decided for good
 * @param earliestReadableTimestamp reads at or above it find every version that they need: garbage collection has
 *     not passed it; 0 when nothing was ever collected, {@link #NOT_RECORDED} for a store that does not know
 * @param snapshotSkewLimit how far apart the snapshots of two nodes may be taken: a store that forgets its deletions after a while
 *     would bring deleted data back; {@link #NO_SKEW_LIMIT} for one that does not
 */
public record StoreDescription(
        String type,
        String version,
        List<NodeDescription> nodes,
        int replicationFactor,
        int writeQuorum,
        SortedSet<TableName> tables,
        Map<String, String> schema,
        TransactionsSchemaMap transactionsSchemas,
        long transactionsSchemasBound,
        long earliestReadableTimestamp,
        Duration snapshotSkewLimit) {
    /** The limit of a store that keeps its deletions. */
    public static final Duration NO_SKEW_LIMIT = Duration.ofSeconds(Long.MAX_VALUE);

    /** The earliest readable timestamp of a store whose garbage collection records nothing. */
    public static final long NOT_RECORDED = Long.MAX_VALUE;

    /** Copies the collections and checks the counts. */
    public StoreDescription {
        nodes = List.copyOf(nodes);
        schema = Map.copyOf(schema);
        tables = Collections.unmodifiableSortedSet(new TreeSet<>(tables));
        if (replicationFactor < 1 || replicationFactor > nodes.size()) {
            throw new IllegalArgumentException(
                    "replicationFactor: " + replicationFactor + " (expected: 1.." + nodes.size() + ")");
        }
        if (writeQuorum < 1 || writeQuorum > replicationFactor) {
            throw new IllegalArgumentException(
                    "writeQuorum: " + writeQuorum + " (expected: 1.." + replicationFactor + ")");
        }
    }

    /**
     * Returns why reads at a timestamp may miss versions; empty when they find all.
     *
     * @param store the name of the store, for the text
     */
    public Optional<String> whyUnreadable(String store, long timestamp) {
        if (earliestReadableTimestamp <= timestamp) {
            return Optional.empty();
        }
        return Optional.of(
                earliestReadableTimestamp == NOT_RECORDED
                        ? "store '" + store + "' does not record how far its garbage collection has got, so that it may"
                                + " have passed timestamp " + timestamp
                        : "garbage collection of store '" + store + "' has passed timestamp " + timestamp
                                + " (earliest readable: " + earliestReadableTimestamp + ")");
    }

    /**
     * A node of the store.
     *
     * @param tokenRanges the parts of the key space that it holds a copy of; every node of a store without token ranges
     *     holds the one range {@code all}
     */
    public record NodeDescription(NodeId id, boolean isUp, List<String> tokenRanges) {
        /** Copies the list. */
        public NodeDescription {
            tokenRanges = List.copyOf(tokenRanges);
        }
    }
}

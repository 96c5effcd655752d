package dev.tidemark.kvs.memory;

import dev.tidemark.kvs.CellRange;
import dev.tidemark.kvs.TableName;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Merges what replicas hold: of each version the write with the greatest sequence number. */
final class Merging {
    private Merging() {}

    static NavigableMap<VersionKey, Write> merge(
            List<InMemoryNode> replicas, TableName table, InMemoryStore store, int token) {
        return merge(replicas, table, store, token, CellRange.all());
    }

    static NavigableMap<VersionKey, Write> merge(
            List<InMemoryNode> replicas, TableName table, InMemoryStore store, int token, CellRange range) {
        NavigableMap<VersionKey, Write> merged = new TreeMap<>();
        VersionKey first = new VersionKey(range.startInclusive(), Long.MAX_VALUE);
        for (InMemoryNode node : replicas) {
            for (var entry : node.replica().table(table).tailMap(first, true).entrySet()) {
                if (!range.contains(entry.getKey().cell())) {
                    break;
                }
                if (store.token(entry.getKey().cell().row()) == token) {
                    merged.merge(entry.getKey(), entry.getValue(), Write::latest);
                }
            }
        }
        return merged;
    }
}

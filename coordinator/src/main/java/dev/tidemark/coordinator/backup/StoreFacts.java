package dev.tidemark.coordinator.backup;

import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.cluster.StoreDescription;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a store was when its backup began, as plain values for the journal; see {@link StoreDescription} for their meaning.
 *
 * @param name name of the store in its namespace
 * @param nodes node ids with their token ranges
 * @param transactionsSchemas schema version by first start timestamp
 */
record StoreFacts(
        String name,
        String type,
        String version,
        int replicationFactor,
        int writeQuorum,
        Map<String, List<String>> nodes,
        List<String> tables,
        Map<String, String> schema,
        Map<Long, Integer> transactionsSchemas,
        long earliestReadableTimestamp) {
    StoreFacts {
        nodes = new TreeMap<>(nodes);
        tables = List.copyOf(tables);
        schema = new TreeMap<>(schema);
        transactionsSchemas = new TreeMap<>(transactionsSchemas);
    }

    static StoreFacts of(String name, StoreDescription description) {
        Map<String, List<String>> nodes = new TreeMap<>();
        description.nodes().forEach(node -> nodes.put(node.id().id(), node.tokenRanges()));
        List<String> tables = new ArrayList<>();
        description.tables().stream().map(TableName::name).forEach(tables::add);
        return new StoreFacts(
                name,
                description.type(),
                description.version(),
                description.replicationFactor(),
                description.writeQuorum(),
                nodes,
                tables,
                description.schema(),
                description.transactionsSchemas().firstTimestampToVersion(),
                description.earliestReadableTimestamp());
    }
}

package dev.tidemark.coordinator.archive.manifest;

import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * One store of a backup, as it was when the backup was taken.
 *
 * @param name name of the store in the configuration
 * @param type name of the adapter
 * @param version version of the store's software
 * @param replicationFactor copies of each cell
 * @param writeQuorum copies that a write waited for
 * @param tables names of all tables, internal ones included
 * @param schema text by name from which an empty store can be set up
 * @param transactionsSchemas which transactions schema applies from which start timestamp on; the first from 1
 * @param transactionsSchemasBound last start timestamp for which the store had decided on a schema; {@link Long#MAX_VALUE} when it
 *     had decided for good
 * @param earliestRestorableTimestamp the restored store can be cleaned to this timestamp or any later one: garbage
 *     collection had not passed it; 0 when nothing was ever collected
 * @param snapshotSkewLimitMillis how far apart the snapshots of two nodes may lie, in milliseconds; {@link Long#MAX_VALUE} when
 *     the store does not care
 * @param nodes the nodes that have a snapshot
 */
public record StoreBackup(
        String name,
        String type,
        String version,
        int replicationFactor,
        int writeQuorum,
        List<String> tables,
        Map<String, String> schema,
        List<SchemaFrom> transactionsSchemas,
        long transactionsSchemasBound,
        long earliestRestorableTimestamp,
        long snapshotSkewLimitMillis,
        List<NodeBackup> nodes) {
    /** Copies the collections and checks the ranges. */
    public StoreBackup {
        tables = List.copyOf(tables);
        schema = Collections.unmodifiableMap(new TreeMap<>(schema));
        transactionsSchemas = List.copyOf(transactionsSchemas);
        nodes = List.copyOf(nodes);
        Limits.requireText("name", name);
        Limits.requireText("type", type);
        Limits.requireText("version", version);
        Limits.require(replicationFactor >= 1, "replicationFactor", replicationFactor, ">= 1");
        Limits.require(
                writeQuorum >= 1 && writeQuorum <= replicationFactor,
                "writeQuorum",
                writeQuorum,
                "1.." + replicationFactor);
        Limits.requireCount("tables", tables.size(), Limits.MAX_TABLES);
        tables.forEach(table -> Limits.requireText("table", table));
        Limits.requireCount("schema", schema.size(), Limits.MAX_SCHEMA_ENTRIES);
        schema.forEach((key, text) -> {
            Limits.requireText("schema name", key);
            Limits.requireLongText("schema of " + key, text);
        });
        Limits.requireCount("transactionsSchemas", transactionsSchemas.size(), 1000);
        Limits.require(transactionsSchemasBound >= 1, "transactionsSchemasBound", transactionsSchemasBound, ">= 1");
        Limits.requireAtLeastZero("earliestRestorableTimestamp", earliestRestorableTimestamp);
        Limits.require(snapshotSkewLimitMillis >= 1, "snapshotSkewLimitMillis", snapshotSkewLimitMillis, ">= 1");
        Limits.requireCount("nodes", nodes.size(), Limits.MAX_NODES);
        requireSchemasInOrder(transactionsSchemas);
        requireDistinctNodes(nodes);
    }

    /** Returns the store with other nodes. */
    public StoreBackup withNodes(List<NodeBackup> newNodes) {
        return new StoreBackup(
                name,
                type,
                version,
                replicationFactor,
                writeQuorum,
                tables,
                schema,
                transactionsSchemas,
                transactionsSchemasBound,
                earliestRestorableTimestamp,
                snapshotSkewLimitMillis,
                newNodes);
    }

    /** Returns the list form of the transactions schemas. */
    public static List<SchemaFrom> schemasOf(TransactionsSchemaMap schemas) {
        return schemas.firstTimestampToVersion().entrySet().stream()
                .map(entry -> new SchemaFrom(entry.getKey(), entry.getValue()))
                .toList();
    }

    /** Returns the transactions schemas of a list in their other form. */
    public static TransactionsSchemaMap mapOf(List<SchemaFrom> schemas) {
        NavigableMap<Long, Integer> versions = new TreeMap<>();
        schemas.forEach(schema -> versions.put(schema.firstTimestamp, schema.version));
        return new TransactionsSchemaMap(versions);
    }

    private static void requireSchemasInOrder(List<SchemaFrom> schemas) {
        long last = 0;
        for (SchemaFrom schema : schemas) {
            boolean isRight = last == 0 ? schema.firstTimestamp == 1 : schema.firstTimestamp > last;
            Limits.require(isRight, "transactionsSchemas", schemas, "ascending from timestamp 1 on");
            last = schema.firstTimestamp;
        }
        Limits.require(last > 0, "transactionsSchemas", "none", "a version from timestamp 1 on");
    }

    private static void requireDistinctNodes(List<NodeBackup> nodes) {
        Set<String> ids = new HashSet<>();
        for (NodeBackup node : nodes) {
            Limits.require(ids.add(node.node()), "nodes", node.node() + " twice", "each node once");
        }
    }

    /**
     * From when on a transactions schema applies.
     *
     * @param firstTimestamp the first start timestamp that it applies to, inclusive
     * @param version of the schema, 1 or more
     */
    public record SchemaFrom(long firstTimestamp, int version) {
        /** Checks the ranges. */
        public SchemaFrom {
            Limits.require(firstTimestamp >= 1, "firstTimestamp", firstTimestamp, ">= 1");
            Limits.require(version >= 1, "version", version, ">= 1");
        }
    }
}

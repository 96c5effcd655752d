package dev.tidemark.kvs.cassandra;

import dev.tidemark.kvs.cassandra.cql.CqlSettings;
import dev.tidemark.kvs.cassandra.cql.TableStorage;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * A keyspace of a cluster as a store.
 *
 * @param cql how to reach the cluster
 * @param keyspace name of the keyspace
 * @param replication of the keyspace when a restore creates it, as in CREATE KEYSPACE; empty for what the backup says
 * @param storage layout of tables that are created
 * @param scratchDirectory where large scans are sorted
 */
public record CassandraStoreSettings(
        CqlSettings cql,
        String keyspace,
        Map<String, String> replication,
        TableStorage storage,
        Path scratchDirectory) {
    /** Copies the map. */
    public CassandraStoreSettings {
        Objects.requireNonNull(cql, "cql");
        Objects.requireNonNull(keyspace, "keyspace");
        Objects.requireNonNull(storage, "storage");
        Objects.requireNonNull(scratchDirectory, "scratchDirectory");
        replication = Map.copyOf(new TreeMap<>(replication));
    }
}

package dev.tidemark.timestamp.cassandra;

import dev.tidemark.kvs.cassandra.cql.CqlSettings;
import java.util.Map;

/**
 * Where bounds are kept in a cluster, and what is demanded of it.
 *
 * @param cql how the cluster is reached; the timeout of requests must be well below the lease of a leader
 * @param keyspace the keyspace, for one oracle alone
 * @param replication copies by data center of a keyspace that is created if it is missing; empty when it must be there
 * @param isSerialLocal whether the replicas of the local data center alone agree on changes; every process must say the same
 * @param allowsSingleReplica whether a keyspace may have one copy of each row, or be placed without regard to data centers
 */
public record CassandraBoundSettings(
        CqlSettings cql,
        String keyspace,
        Map<String, Integer> replication,
        boolean isSerialLocal,
        boolean allowsSingleReplica) {
    /** Copies the map. */
    public CassandraBoundSettings {
        replication = Map.copyOf(replication);
    }

    /** Returns the data center whose replicas agree on changes; empty for those of all. */
    String serialDatacenter() {
        return isSerialLocal ? cql.localDatacenter() : "";
    }
}

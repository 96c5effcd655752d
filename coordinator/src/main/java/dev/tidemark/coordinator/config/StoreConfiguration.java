package dev.tidemark.coordinator.config;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A store. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
public sealed interface StoreConfiguration {
    /** Returns the stores of the same namespace that come before this one. */
    List<String> after();

    /**
     * An embedded RocksDB store.
     *
     * @param directory the store's directory
     * @param after as in {@link StoreConfiguration#after}; none when left out
     */
    @JsonTypeName("rocksdb")
    record RocksDb(Path directory, List<String> after) implements StoreConfiguration {
        /** Checks that the directory is named. */
        public RocksDb {
            Required.present("directory", directory);
            after = after == null ? List.of() : List.copyOf(after);
        }
    }

    /**
     * A keyspace of a Cassandra cluster.
     *
     * @param keyspace its name, as Cassandra has it
     * @param contactPoints {@code host:port} of the CQL of one or more nodes
     * @param localDatacenter the data center whose nodes are asked
     * @param credentials who asks, or null
     * @param tls keys and certificates for CQL, or null for connections without encryption
     * @param replication copies in each data center of a keyspace that a restore creates; empty for what the backup says
     * @param agents agents that run beside their nodes
     * @param nodes nodes whose agents run in this process
     * @param scratchDirectory where large scans are sorted; null for the directory of temporary files
     * @param after as in {@link StoreConfiguration#after}; none when left out
     */
    @JsonTypeName("cassandra")
    record Cassandra(
            String keyspace,
            List<String> contactPoints,
            String localDatacenter,
            CassandraCredentials credentials,
            TlsConfiguration tls,
            Map<String, Integer> replication,
            List<CassandraAgentAddress> agents,
            List<CassandraLocalNode> nodes,
            Path scratchDirectory,
            List<String> after)
            implements StoreConfiguration {
        /** Checks that the keyspace, a contact point and an agent are named. */
        public Cassandra {
            Required.present("keyspace", keyspace);
            after = after == null ? List.of() : List.copyOf(after);
            Required.present("contactPoints", contactPoints);
            Required.present("localDatacenter", localDatacenter);
            Required.that(!contactPoints.isEmpty(), "'contactPoints' is empty (expected: at least one host:port)");
            contactPoints = List.copyOf(contactPoints);
            contactPoints.forEach(CassandraLocalNode::address);
            replication = replication == null ? Map.of() : Map.copyOf(replication);
            agents = agents == null ? List.of() : List.copyOf(agents);
            nodes = nodes == null ? List.of() : List.copyOf(nodes);
            Required.that(
                    agents.isEmpty() != nodes.isEmpty(),
                    "needs one of 'agents' and 'nodes' (expected: an entry for each node of the cluster)");
            Required.that(
                    replication.values().stream().allMatch(copies -> copies >= 1),
                    "'replication' is " + replication + " (expected: at least 1 in each data center)");
        }

        /** Returns how the CQL is reached. */
        public CassandraAccess access() {
            return new CassandraAccess(contactPoints, localDatacenter, credentials, tls);
        }
    }
}

package dev.tidemark.coordinator.agent.node;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import dev.tidemark.coordinator.config.CassandraAccess;
import dev.tidemark.coordinator.config.CassandraCredentials;
import dev.tidemark.coordinator.config.CassandraLocalNode;
import dev.tidemark.coordinator.config.TlsConfiguration;
import java.nio.file.Path;
import java.util.List;

/** The node beside the agent. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(NodeConfiguration.RocksDb.class),
    @JsonSubTypes.Type(NodeConfiguration.Cassandra.class)
})
public sealed interface NodeConfiguration {
    /**
     * The one node of an embedded RocksDB store.
     *
     * @param directory the store's directory
     */
    @JsonTypeName("rocksdb")
    record RocksDb(Path directory) implements NodeConfiguration {
        /** Checks that the directory is named. */
        public RocksDb {
            require("directory", directory);
        }
    }

    /**
     * A node of a Cassandra cluster, for one keyspace.
     *
     * @param keyspace its name, as Cassandra has it
     * @param contactPoints {@code host:port} of the CQL of one or more nodes: the agent aborts transactions through them
     * @param localDatacenter the data center whose nodes are asked
     * @param credentials who asks, or null
     * @param tls keys and certificates for CQL, or null for connections without encryption
     * @param local the node's JMX and directories
     */
    @JsonTypeName("cassandra")
    record Cassandra(
            String keyspace,
            List<String> contactPoints,
            String localDatacenter,
            CassandraCredentials credentials,
            TlsConfiguration tls,
            CassandraLocalNode local)
            implements NodeConfiguration {
        /** Checks that all but credentials and encryption are there. */
        public Cassandra {
            require("keyspace", keyspace);
            require("contactPoints", contactPoints);
            require("localDatacenter", localDatacenter);
            require("local", local);
            if (contactPoints.isEmpty()) {
                throw new IllegalArgumentException("'contactPoints' is empty (expected: at least one host:port)");
            }
            contactPoints = List.copyOf(contactPoints);
        }

        /** Returns how the CQL is reached. */
        public CassandraAccess access() {
            return new CassandraAccess(contactPoints, localDatacenter, credentials, tls);
        }
    }

    private static void require(String key, Object value) {
        if (value == null) {
            throw new IllegalArgumentException("'" + key + "' is missing");
        }
    }
}

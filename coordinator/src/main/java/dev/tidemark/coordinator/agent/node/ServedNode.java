package dev.tidemark.coordinator.agent.node;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.cassandra.agent.CassandraAgent;
import dev.tidemark.kvs.cassandra.agent.NodeStatus;
import dev.tidemark.kvs.node.StoreNode;
import java.util.List;

/**
 * The node that an agent serves.
 *
 * @param storeType type of its store, such as {@code rocksdb}
 * @param keyspace the keyspace that is served; empty where there are none
 * @param node the node, which has more to offer when it is one of Cassandra
 * @param closing frees what is open for it
 */
public record ServedNode(String storeType, String keyspace, StoreNode node, Runnable closing) implements AutoCloseable {
    /**
     * Returns the node as one of Cassandra.
     *
     * @throws KeyValueStoreException {@link ErrorCode#STORE_UNSUPPORTED} when it is none
     */
    public CassandraAgent cassandra() {
        if (node instanceof CassandraAgent agent) {
            return agent;
        }
        throw new KeyValueStoreException(
                ErrorCode.STORE_UNSUPPORTED,
                "node '" + node.id() + "' is of a " + storeType + " store (expected: cassandra)",
                "Correct the addresses of the agents in the coordinator's configuration.");
    }

    /** Returns what is known of a node of Cassandra, one or none. */
    public List<NodeStatus> cassandraStatus() {
        return node instanceof CassandraAgent agent ? List.of(agent.status()) : List.of();
    }

    /** Frees what is open for the node; the node itself goes on. */
    @Override
    public void close() {
        closing.run();
    }
}

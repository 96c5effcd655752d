package dev.tidemark.coordinator.agent.client;

import java.util.Objects;

/**
 * What an agent has to say of itself to be the one that is meant. An empty text accepts anything.
 *
 * @param storeType type of the node's store, such as {@code cassandra}
 * @param node id of the node
 * @param keyspace the keyspace that the agent serves
 * @param clusterName name of the Cassandra cluster; not compared while the node is down
 * @param hostId the node's id in the cluster; not compared while the node is down
 */
public record AgentExpectation(String storeType, String node, String keyspace, String clusterName, String hostId) {
    /** Accepts every agent. */
    public static final AgentExpectation ANY = new AgentExpectation("", "", "", "", "");

    /** Checks that nothing is null. */
    public AgentExpectation {
        Objects.requireNonNull(storeType, "storeType");
        Objects.requireNonNull(node, "node");
        Objects.requireNonNull(keyspace, "keyspace");
        Objects.requireNonNull(clusterName, "clusterName");
        Objects.requireNonNull(hostId, "hostId");
    }

    /** Returns what is expected of the agent of a Cassandra node. */
    public static AgentExpectation cassandra(String clusterName, String keyspace) {
        return new AgentExpectation("cassandra", "", keyspace, clusterName, "");
    }

    /** Returns this with the id of the node. */
    public AgentExpectation ofNode(String newNode) {
        return new AgentExpectation(storeType, newNode, keyspace, clusterName, hostId);
    }

    /** Returns this with the node's id in its cluster. */
    public AgentExpectation withHostId(String newHostId) {
        return new AgentExpectation(storeType, node, keyspace, clusterName, newHostId);
    }
}

package dev.tidemark.coordinator.agent.protocol;

import dev.tidemark.kvs.cassandra.agent.NodeStatus;
import java.util.List;
import java.util.Objects;

/**
 * What an agent says of itself.
 *
 * @param protocol version of the protocol
 * @param storeType type of the node's store, such as {@code rocksdb}
 * @param node id of the node; empty while the agent has never reached it
 * @param keyspace the keyspace that the agent serves; empty where there are none
 * @param archiveId id of the archive that the agent has opened; empty when it could not open it
 * @param isPaused whether copying is paused
 * @param bandwidthLimit bytes per second that copies read from the node at most; 0 for no limit
 * @param tasks numbers of tasks by state
 * @param cassandra what the agent knows of a node of Cassandra; one or none
 */
public record AgentStatus(
        int protocol,
        String storeType,
        String node,
        String keyspace,
        String archiveId,
        boolean isPaused,
        long bandwidthLimit,
        TaskCounts tasks,
        List<NodeStatus> cassandra) {
    /** Copies the list. */
    public AgentStatus {
        Objects.requireNonNull(node, "node");
        Objects.requireNonNull(storeType, "storeType");
        Objects.requireNonNull(keyspace, "keyspace");
        Objects.requireNonNull(archiveId, "archiveId");
        Objects.requireNonNull(tasks, "tasks");
        cassandra = List.copyOf(cassandra);
    }

    /**
     * Numbers of tasks.
     *
     * @param waiting those that others are before
     * @param running those that are being done
     * @param ended those that are remembered
     */
    public record TaskCounts(int waiting, int running, int ended) {}
}

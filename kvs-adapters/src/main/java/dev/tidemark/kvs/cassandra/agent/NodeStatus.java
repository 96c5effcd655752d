package dev.tidemark.kvs.cassandra.agent;

import java.util.List;
import java.util.Objects;

/**
 * What an agent knows of its node.
 *
 * @param isUp whether the node answers
 * @param problem why it does not, in one line; empty when it does
 * @param clusterName name of the cluster that the node is in; empty, as host id, version and tokens are, when the node does not answer
 * @param hostId the node's id in the cluster, a UUID
 * @param version version of Cassandra
 * @param tokens the node's own tokens, as text
 * @param marks the restore that has marked the node: one or none
 */
public record NodeStatus(
        boolean isUp,
        String problem,
        String clusterName,
        String hostId,
        String version,
        List<String> tokens,
        List<ChangeMark> marks) {
    /** Copies the lists. */
    public NodeStatus {
        Objects.requireNonNull(problem, "problem");
        Objects.requireNonNull(clusterName, "clusterName");
        Objects.requireNonNull(hostId, "hostId");
        Objects.requireNonNull(version, "version");
        tokens = List.copyOf(tokens);
        marks = List.copyOf(marks);
    }

    /** Returns the status of a node that does not answer. */
    public static NodeStatus down(String problem, List<ChangeMark> marks) {
        return new NodeStatus(false, problem, "", "", "", List.of(), marks);
    }
}

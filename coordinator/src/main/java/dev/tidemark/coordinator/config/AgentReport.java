package dev.tidemark.coordinator.config;

import dev.tidemark.coordinator.agent.protocol.TaskStatus;
import dev.tidemark.kvs.cassandra.agent.NodeStatus;
import java.util.List;

/**
 * What an agent says of itself and its node.
 *
 * @param store name of the store in the configuration
 * @param agent its address; the JMX address of a node whose agent runs in this process
 * @param problem why it does not answer; empty when it does
 * @param node id of its node; empty while nobody knows it
 * @param status what it knows of the node: one entry when it has answered, or none
 * @param isPaused whether copying is paused
 * @param usableBytes what a restore can put on the node; 0 when it does not answer
 * @param lastTask the task that was asked for last: one or none
 */
public record AgentReport(
        String store,
        String agent,
        String problem,
        String node,
        List<NodeStatus> status,
        boolean isPaused,
        long usableBytes,
        List<TaskStatus> lastTask) {
    /** Copies the lists. */
    public AgentReport {
        status = List.copyOf(status);
        lastTask = List.copyOf(lastTask);
    }

    static AgentReport silent(String store, String agent, String problem) {
        return new AgentReport(store, agent, problem, "", List.of(), false, 0, List.of());
    }
}

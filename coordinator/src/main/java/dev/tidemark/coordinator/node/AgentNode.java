package dev.tidemark.coordinator.node;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.node.StoreNode;
import java.util.function.Consumer;

/** A node with an agent: a process beside it that has access to the archive and moves the node's bytes itself. */
public interface AgentNode extends StoreNode {
    /**
     * Returns this node for the snapshots of one operation: the agent refuses to take and to drop one, with
     * {@link ErrorCode#FENCED_OUT}, once it has seen a greater epoch.
     */
    StoreNode of(OperationEpoch operation);

    /**
     * Returns the agent as worker for an operation.
     *
     * @param notes is told of fallbacks, one sentence each
     */
    NodeWorker worker(OperationEpoch operation, Consumer<String> notes);

    /** Returns the node as {@link #of} does when it has an agent, and the node itself otherwise. */
    static StoreNode of(StoreNode node, OperationEpoch operation) {
        return node instanceof AgentNode agent ? agent.of(operation) : node;
    }
}

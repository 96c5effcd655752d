package dev.tidemark.kvs.cassandra;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.cassandra.agent.CassandraAgent;
import dev.tidemark.kvs.cassandra.agent.ChangeMark;
import dev.tidemark.kvs.cassandra.agent.NodeStatus;
import dev.tidemark.kvs.node.NodeId;
import dev.tidemark.kvs.node.StoreNode;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/** The agents of a store's nodes. Thread-safe. */
final class AgentSet {
    private final Supplier<List<CassandraAgent>> source;

    /** Creates the set; the source is asked each time, and opens the agents the first time. */
    AgentSet(Supplier<List<CassandraAgent>> source) {
        this.source = source;
    }

    /** Returns all agents by their nodes' ids; fails when one is not known and its agent does not answer. */
    SortedMap<NodeId, CassandraAgent> all() {
        SortedMap<NodeId, CassandraAgent> all = new TreeMap<>();
        for (CassandraAgent agent : source.get()) {
            putOnly(all, agent.id(), agent);
        }
        return all;
    }

    /** Returns those that answer and whose nodes are up, ordered by id. */
    List<StoreNode> up() {
        SortedMap<NodeId, StoreNode> up = new TreeMap<>();
        for (Known agent : ask().known) {
            if (agent.status.isUp()) {
                up.put(agent.id, agent.agent);
            }
        }
        return List.copyOf(up.values());
    }

    /** Asks each agent for its status. */
    Answers ask() {
        SortedMap<NodeId, Known> known = new TreeMap<>();
        List<String> silent = new ArrayList<>();
        for (CassandraAgent agent : source.get()) {
            try {
                NodeStatus status = agent.status();
                putOnly(known, agent.id(), new Known(agent, agent.id(), status));
            } catch (KeyValueStoreException e) {
                if (e.code() != ErrorCode.STORE_UNAVAILABLE) {
                    throw e;
                }
                silent.add(e.getMessage());
            }
        }
        return new Answers(List.copyOf(known.values()), silent);
    }

    /**
     * Makes sure that every node answers its agent.
     *
     * @throws KeyValueStoreException {@link ErrorCode#STORE_UNAVAILABLE} naming those that don't
     */
    void requireUp() {
        Answers answers = ask();
        List<String> reasons = new ArrayList<>(answers.silent);
        for (Known agent : answers.known) {
            if (!agent.status.isUp()) {
                reasons.add("node '" + agent.id + "' does not answer its agent: " + agent.status.problem());
            }
        }
        if (!reasons.isEmpty()) {
            throw new KeyValueStoreException(
                    ErrorCode.STORE_UNAVAILABLE,
                    String.join("; ", reasons),
                    "Start the node and the agent beside it, or correct the agent's configuration; nothing was changed.");
        }
    }

    private static <T> void putOnly(SortedMap<NodeId, T> agents, NodeId id, T agent) {
        if (agents.put(id, agent) != null) {
            throw new KeyValueStoreException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "two agents are of node '" + id + "' (expected: one for each node)",
                    "Correct the list of the store's agents.");
        }
    }

    /**
     * Makes sure that no node is in the hands of a restore.
     *
     * @throws KeyValueStoreException {@link ErrorCode#RESTORE_INCOMPLETE} when one is
     */
    void requireUnmarked() {
        for (Known agent : ask().known) {
            for (ChangeMark mark : agent.status.marks()) {
                throw new KeyValueStoreException(
                        ErrorCode.RESTORE_INCOMPLETE,
                        "restore '" + mark.restore() + "' of node '" + agent.id + "' has begun and not ended",
                        "Run 'tidemark resume' to complete it, or 'tidemark cancel' to take it back.");
            }
        }
    }

    /** An agent that has answered. */
    record Known(CassandraAgent agent, NodeId id, NodeStatus status) {}

    /**
     * What agents have answered.
     *
     * @param known those that have, and know which node is theirs, ordered by its id
     * @param silent why the others have not
     */
    record Answers(List<Known> known, List<String> silent) {}
}

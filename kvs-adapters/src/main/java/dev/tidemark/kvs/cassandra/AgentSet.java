package dev.tidemark.kvs.cassandra;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.cassandra.agent.CassandraAgent;
import dev.tidemark.kvs.cassandra.agent.ChangeMark;
import dev.tidemark.kvs.cassandra.agent.NodeStatus;
import dev.tidemark.kvs.node.NodeId;
import dev.tidemark.kvs.node.StoreNode;
import java.util.ArrayList;
import java.util.Comparator;
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
            CassandraAgent other = all.put(agent.id(), agent);
            if (other != null) {
                throw new KeyValueStoreException(
                        ErrorCode.INVALID_CONFIGURATION,
                        "two agents are of node '" + agent.id() + "' (expected: one for each node)",
                        "Correct the list of the store's agents.");
            }
        }
        return all;
    }

    /** Returns those that answer and whose nodes are up, ordered by id. */
    List<StoreNode> up() {
        List<StoreNode> up = new ArrayList<>();
        for (CassandraAgent agent : source.get()) {
            if (isUp(agent)) {
                up.add(agent);
            }
        }
        up.sort(Comparator.comparing(StoreNode::id));
        return up;
    }

    /** Returns those that answer and know which node is theirs, with what they say of it. */
    List<Known> known() {
        List<Known> known = new ArrayList<>();
        for (CassandraAgent agent : source.get()) {
            try {
                known.add(new Known(agent, agent.id(), agent.status()));
            } catch (KeyValueStoreException e) {
                if (e.code() != ErrorCode.STORE_UNAVAILABLE) {
                    throw e;
                }
            }
        }
        return known;
    }

    /**
     * Makes sure that no node is in the hands of a restore.
     *
     * @throws KeyValueStoreException {@link ErrorCode#RESTORE_INCOMPLETE} when one is
     */
    void requireUnmarked() {
        for (Known agent : known()) {
            for (ChangeMark mark : agent.status.marks()) {
                throw new KeyValueStoreException(
                        ErrorCode.RESTORE_INCOMPLETE,
                        "restore '" + mark.restore() + "' of node '" + agent.id + "' has begun and not ended",
                        "Run 'tidemark resume' to complete it, or 'tidemark cancel' to take it back.");
            }
        }
    }

    private static boolean isUp(CassandraAgent agent) {
        try {
            return agent.status().isUp();
        } catch (KeyValueStoreException e) {
            if (e.code() != ErrorCode.STORE_UNAVAILABLE) {
                throw e;
            }
            return false;
        }
    }

    /** An agent that has answered. */
    record Known(CassandraAgent agent, NodeId id, NodeStatus status) {}
}

package dev.tidemark.kvs.cassandra;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.cassandra.agent.CassandraAgent;
import dev.tidemark.kvs.cassandra.agent.ChangeMark;
import dev.tidemark.kvs.cassandra.agent.ChangeMark.Phase;
import dev.tidemark.kvs.node.RestoreId;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What has to happen to a cluster as a whole between the parts that each node does alone, decided from the marks of all nodes, so that
 * any coordinator can go on after any other.
 *
 * <p>Tables are emptied on all nodes at once. That destroys nothing when every node has kept what it held, and no node has loaded.
 * Both can be read from the marks: a node has loaded, or begun to, when its mark says so; and because all nodes are marked before
 * tables are emptied, and a node loses its mark only when it has got back what it had kept, a node without a mark beside others that
 * return tells that the tables were emptied before, and must not be again. Thread-safe as far as the agents are.
 */
final class ClusterChange {
    private static final Set<Phase> CHANGED =
            Set.of(Phase.EMPTYING, Phase.LOADING, Phase.LOADED, Phase.ADOPTED, Phase.RETURNING);

    private final List<CassandraAgent> agents;

    /** Creates access to the agents of all nodes of a cluster. */
    ClusterChange(List<CassandraAgent> agents) {
        this.agents = List.copyOf(agents);
    }

    /**
     * As {@link dev.tidemark.kvs.cluster.StoreConnector#prepareLoad}.
     *
     * @param schema creates the schema, or compares it, before tables are emptied; idempotent
     * @param settle settles what Paxos remembers of the tables before they are emptied; idempotent
     */
    void prepareLoad(RestoreId restore, Runnable schema, Runnable settle) {
        if (isAny(restore, Phase.LOADING, Phase.LOADED)) {
            return;
        }
        requireAllKept(restore);
        agents.forEach(agent -> agent.beginEmptying(restore));
        if (isAny(restore, Phase.EMPTYING)) { // else it is complete
            schema.run();
            settle.run();
            agents.forEach(agent -> agent.emptyTables(restore));
        }
    }

    /** As {@link dev.tidemark.kvs.cluster.StoreConnector#prepareBringBack}. */
    void prepareBringBack(RestoreId restore, String safetyCopy, Runnable settle) {
        if (isAny(restore, Phase.LOADING, Phase.LOADED)) {
            return;
        }
        agents.forEach(agent -> agent.keep(restore, safetyCopy));
        if (isAny(restore, Phase.KEPT, Phase.EMPTYING)) { // else it is complete
            agents.forEach(agent -> agent.beginEmptying(restore));
            settle.run();
            agents.forEach(agent -> agent.emptyTables(restore));
        }
    }

    /** As {@link dev.tidemark.kvs.cluster.StoreConnector#prepareGiveBack}. */
    void prepareGiveBack(RestoreId restore, Runnable settle) {
        List<ChangeMark> marks = marks(restore);
        boolean isChanged = marks.stream().anyMatch(mark -> CHANGED.contains(mark.phase()));
        if (!isChanged || marks.size() < agents.size()) {
            return; // nothing was changed; or the change had not reached all nodes, or some have been given back
            // already
        }
        agents.forEach(agent -> agent.beginReturning(restore));
        // Others held nothing: they keep what was loaded, unless it goes with the tables that these get back.
        List<CassandraAgent> returning = agents.stream()
                .filter(agent -> isIn(agent, restore, Phase.RETURNING))
                .toList();
        if (!returning.isEmpty()) {
            settle.run();
            returning.forEach(agent -> agent.emptyTables(restore));
        }
    }

    /**
     * A node that was left out when the others set their data aside would lose its own. One that holds nothing has nothing to keep: its
     * disk was replaced since. Where none has set anything aside, each looks for itself before tables are emptied.
     */
    private void requireAllKept(RestoreId restore) {
        List<CassandraAgent> without = agents.stream()
                .filter(agent -> !agent.safetyCopies().contains(restore.id()))
                .toList();
        if (without.size() == agents.size()) {
            return;
        }
        List<String> leftOut = without.stream()
                .filter(agent -> !agent.isEmptyFor(restore))
                .map(agent -> agent.id().id())
                .toList();
        if (!leftOut.isEmpty()) {
            throw new KeyValueStoreException(
                    ErrorCode.NOT_ALLOWED_NOW,
                    "nodes " + leftOut + " hold data, and have not set it aside for restore '" + restore
                            + "' as the others have",
                    "Give the agents of these nodes the state directories back that they had, then run 'tidemark resume'.");
        }
    }

    private boolean isAny(RestoreId restore, Phase... phases) {
        return agents.stream().anyMatch(agent -> isIn(agent, restore, phases));
    }

    private static boolean isIn(CassandraAgent agent, RestoreId restore, Phase... phases) {
        return mark(agent, restore)
                .filter(mark -> List.of(phases).contains(mark.phase()))
                .isPresent();
    }

    private List<ChangeMark> marks(RestoreId restore) {
        return agents.stream().flatMap(agent -> mark(agent, restore).stream()).toList();
    }

    /** Returns the mark of this restore; a node without one, or with that of another, has none here. */
    private static Optional<ChangeMark> mark(CassandraAgent agent, RestoreId restore) {
        return agent.status().marks().stream()
                .findFirst()
                .filter(mark -> mark.restore().id().equals(restore.id()));
    }
}

package dev.tidemark.kvs.cassandra;

import dev.tidemark.kvs.cassandra.agent.CassandraAgent;
import dev.tidemark.kvs.cassandra.agent.ChangeMark;
import dev.tidemark.kvs.cassandra.agent.ChangeMark.Phase;
import dev.tidemark.kvs.node.RestoreId;
import java.util.Collection;
import java.util.Set;

/**
 * The part of a change that concerns all nodes together: between what every node keeps and what every node loads the cluster empties
 * the tables. Every node is marked before that, durably, so whoever goes on or takes back after a crash finds on each node what may
 * have happened. Once one node has begun to load, the tables were empty, and are never emptied again for this change.
 */
final class ClusterChange {
    private static final Set<Phase> BEHIND_EMPTYING = Set.of(Phase.LOADING, Phase.LOADED);

    private final Collection<CassandraAgent> agents;

    ClusterChange(Collection<CassandraAgent> agents) {
        this.agents = agents;
    }

    /**
     * Empties the tables for a restore, if that has not been done.
     *
     * @param createSchema creates what is missing of the schema
     */
    void prepareLoad(RestoreId restore, Runnable createSchema) {
        if (hasBegunToLoad(restore)) {
            return;
        }
        agents.forEach(agent -> agent.beginEmptying(restore));
        createSchema.run();
        agents.forEach(agent -> agent.emptyTables(restore));
    }

    /** Lets every node keep what a safety copy is going to replace, and empties the tables, if that has not been done. */
    void prepareBringBack(RestoreId restore, String safetyCopy) {
        if (hasBegunToLoad(restore)) {
            return;
        }
        agents.forEach(agent -> agent.keep(restore, safetyCopy));
        agents.forEach(agent -> agent.beginEmptying(restore));
        agents.forEach(agent -> agent.emptyTables(restore));
    }

    /** Empties the tables again, unless nothing was changed yet. */
    void prepareGiveBack(RestoreId restore) {
        boolean isUntouched = agents.stream()
                .flatMap(agent -> agent.status().marks().stream())
                .filter(mark -> isOf(restore, mark))
                .allMatch(mark -> mark.phase() == Phase.KEPT);
        if (isUntouched) {
            return;
        }
        agents.forEach(agent -> agent.beginReturning(restore));
        for (CassandraAgent agent : agents) {
            if (agent.status().marks().stream().anyMatch(mark -> mark.phase() == Phase.RETURNING)) {
                agent.emptyTables(restore);
            }
        }
    }

    private boolean hasBegunToLoad(RestoreId restore) {
        return agents.stream()
                .flatMap(agent -> agent.status().marks().stream())
                .anyMatch(mark -> isOf(restore, mark) && BEHIND_EMPTYING.contains(mark.phase()));
    }

    private static boolean isOf(RestoreId restore, ChangeMark mark) {
        return mark.restore().id().equals(restore.id());
    }
}

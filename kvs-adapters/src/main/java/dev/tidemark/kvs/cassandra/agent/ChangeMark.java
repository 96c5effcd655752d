package dev.tidemark.kvs.cassandra.agent;

import dev.tidemark.kvs.node.RestoreId;
import java.util.Objects;

/**
 * How far the change of a node's data by one restore has got. Durable on the node.
 *
 * @param restore the restore that has marked the node, with the greatest epoch seen of it
 * @param phase how far it has got
 * @param scope which tables it concerns, and so which of them the cluster empties for it; whoever goes on with a change after another
 *     coordinator has died knows it from here alone
 */
public record ChangeMark(RestoreId restore, Phase phase, Scope scope) {
    /** Checks that all are there. */
    public ChangeMark {
        Objects.requireNonNull(restore, "restore");
        Objects.requireNonNull(phase, "phase");
        Objects.requireNonNull(scope, "scope");
    }

    /** The tables that a change concerns. */
    public enum Scope {
        /** All tables of the keyspace: what a restore sets aside and loads. */
        ALL_TABLES,
        /** The transactions tables alone: what is changed in place after {@link CassandraAgent#adopt}. */
        TRANSACTIONS_TABLES
    }

    /** The phases of a change. */
    public enum Phase {
        /** What the node holds is kept; nothing was changed. */
        KEPT,
        /** The cluster may have emptied the tables. */
        EMPTYING,
        /** Files are being loaded. */
        LOADING,
        /** The node has what the restore wants it to have. */
        LOADED,
        /** The transactions tables are changed in place; a copy of them is kept. */
        ADOPTED,
        /** The change is taken back: the cluster may have emptied the tables, and what was kept is loaded again. */
        RETURNING
    }
}

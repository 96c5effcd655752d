package dev.tidemark.kvs.cassandra.node;

import dev.tidemark.kvs.cassandra.agent.ChangeMark;
import dev.tidemark.kvs.cassandra.agent.ChangeMark.Phase;
import dev.tidemark.kvs.cassandra.agent.ChangeMark.Scope;
import dev.tidemark.kvs.node.RestoreId;

/**
 * The change of the node that has not ended: the mark, and what the agent alone has to know of it.
 *
 * @param restore who makes it, with the greatest epoch seen of it
 * @param way what it does
 * @param phase how far it has got
 * @param scope which tables it concerns
 * @param safetyCopy name of the safety copy that it brings back; empty for every other way
 * @param tables what is known of the tables' content
 */
record Change(RestoreId restore, Way way, Phase phase, Scope scope, String safetyCopy, Tables tables) {
    /** Checks the name. */
    Change {
        if ((way == Way.BRING_BACK) != RestoreId.isValid(safetyCopy)) {
            throw new IllegalArgumentException("safetyCopy: '" + safetyCopy + "' for '" + way
                    + "' (expected: the id of a restore where one is brought back)");
        }
    }

    /** What a change does. */
    enum Way {
        /** It loads into a node that held nothing: nothing is kept, and nothing can be given back. */
        LOAD,
        /** It keeps all that the node held as a safety copy, and loads. */
        SET_ASIDE,
        /** It keeps a safety copy, and changes the transactions tables in place. */
        ADOPT,
        /** It keeps what the node held, and loads an older safety copy. */
        BRING_BACK
    }

    /** What is known of the tables' content. */
    enum Tables {
        /** Nothing: they may hold anything. While they were only kept or adopted, nothing was changed by this node's agent. */
        UNKNOWN,
        /** They are being emptied: a call to the node may still be on its way. */
        BEING_EMPTIED,
        /** They were seen empty after the cluster had emptied them, and nothing was loaded. */
        EMPTY,
        /** Something that this change has put into them may be in them. */
        FILLING
    }

    boolean isOf(RestoreId other) {
        return restore.id().equals(other.id());
    }

    boolean keeps() {
        return way != Way.LOAD;
    }

    /** Tells whether the restore may change the node's cells through CQL. */
    boolean isOpenToItsRestore() {
        return phase == Phase.LOADED || phase == Phase.ADOPTED;
    }

    Change in(Phase newPhase, Tables newTables) {
        return new Change(restore, way, newPhase, scope, safetyCopy, newTables);
    }

    Change by(RestoreId same) {
        return new Change(same, way, phase, scope, safetyCopy, tables);
    }

    ChangeMark mark() {
        return new ChangeMark(restore, phase, scope);
    }
}

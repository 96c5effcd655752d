package dev.tidemark.coordinator.agent.protocol;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.tidemark.kvs.cassandra.agent.CassandraAgent;
import dev.tidemark.kvs.node.StoreNode;

/** The changes of a node that a restore asks for: the methods of {@link StoreNode} and {@link CassandraAgent} of the same names. */
public enum NodeChange {
    /** {@link StoreNode#load}. */
    @JsonProperty("load")
    LOAD,
    /** {@link StoreNode#completeRestore}. */
    @JsonProperty("complete-restore")
    COMPLETE_RESTORE,
    /** {@link StoreNode#discardStaging}. */
    @JsonProperty("discard-staging")
    DISCARD_STAGING,
    /** {@link StoreNode#setAside}. */
    @JsonProperty("set-aside")
    SET_ASIDE,
    /** {@link StoreNode#adopt}. */
    @JsonProperty("adopt")
    ADOPT,
    /** {@link StoreNode#bringBack}. */
    @JsonProperty("bring-back")
    BRING_BACK,
    /** {@link StoreNode#giveBack}. */
    @JsonProperty("give-back")
    GIVE_BACK,
    /** {@link StoreNode#dropSafetyCopy}. */
    @JsonProperty("drop-safety-copy")
    DROP_SAFETY_COPY,
    /** {@link CassandraAgent#keep}. */
    @JsonProperty("keep")
    KEEP,
    /** {@link CassandraAgent#beginEmptying}. */
    @JsonProperty("begin-emptying")
    BEGIN_EMPTYING,
    /** {@link CassandraAgent#beginReturning}. */
    @JsonProperty("begin-returning")
    BEGIN_RETURNING,
    /** {@link CassandraAgent#emptyTables}. */
    @JsonProperty("empty-tables")
    EMPTY_TABLES
}

package dev.tidemark.kvs.cassandra.agent;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.node.StoreNode;
import dev.tidemark.kvs.transactiontable.TransactionEntry;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.util.List;
import java.util.Set;

/**
 * A node of a Cassandra cluster, with what its cluster needs of it besides files. It serves one keyspace.
 *
 * <p>Cassandra empties a table on all nodes at once (TRUNCATE) and never on one, so that a change of the nodes' data goes in three
 * parts: every node keeps what it holds, the cluster empties the tables, every node loads. The mark of a node says how far its
 * change has got; see {@link ChangeMark}.
 *
 * <p>What a restore does to the cluster goes through {@link #abortAll} and {@link #emptyTables}, because a statement by itself would
 * be executed whoever sends it: an agent executes none for an epoch that is not the greatest that it has seen, and before it accepts
 * a greater epoch, or marks its node otherwise, it waits for the statements that it has under way.
 */
public interface CassandraAgent extends StoreNode {
    /** Returns what the agent knows of its node. Only a question; answers while the node is down too. */
    NodeStatus status();

    /**
     * Makes the replicas of the tables equal in the node's primary token ranges: a full repair. Blocks until it is done;
     * idempotent.
     *
     * @throws KeyValueStoreException {@link ErrorCode#STORE_UNAVAILABLE} when the node or a replica does not answer
     */
    void repair(Set<TableName> tables);

    /**
     * Removes from the node what is outside of its token ranges, which files of another topology bring. Blocks until it is done;
     * idempotent.
     */
    void cleanup();

    /**
     * Keeps what the node holds in the tables that the safety copy has, so that {@link #giveBack} can return it after the cluster
     * has emptied them, and marks the node with {@link ChangeMark.Phase#KEPT}: the first part of {@link #bringBack}. Does nothing
     * when this restore has done it already, or has gone further.
     *
     * @throws KeyValueStoreException as {@link #bringBack}
     */
    void keep(RestoreId restore, String safetyCopy);

    /**
     * Records, before the cluster empties tables for this restore, that their content may be gone: the mark gets the phase
     * {@link ChangeMark.Phase#EMPTYING}; a node without a mark gets one. Durable. Does nothing when this restore is complete.
     *
     * @throws KeyValueStoreException {@link ErrorCode#RESTORE_INCOMPLETE} when the mark is that of another restore,
     *     {@link ErrorCode#NOT_ALLOWED_NOW} when this restore has begun to load, to {@link #adopt} or to give back,
     *     {@link ErrorCode#STORE_NOT_EMPTY} when there is no mark, and data that nobody has kept
     */
    void beginEmptying(RestoreId restore);

    /**
     * Records, before the cluster empties tables to take this restore back, that {@link #giveBack} has to load what the node kept:
     * the mark gets the phase {@link ChangeMark.Phase#RETURNING}; what {@link #giveBack} has loaded already, it will load again.
     * Durable. Does nothing to a node that this restore has not marked, or on which it keeps nothing.
     */
    void beginReturning(RestoreId restore);

    /**
     * Empties the tables of the mark's {@linkplain ChangeMark#scope scope} on all nodes of the cluster, and makes sure that those of
     * this node are empty. To be called on every node, when every node is marked with {@link ChangeMark.Phase#EMPTYING} or
     * {@link ChangeMark.Phase#RETURNING}, and none has begun to load. Idempotent under these conditions, which the caller answers for.
     * After it no hint and no commit log of a node brings back what is older; what Paxos remembers may.
     *
     * @throws KeyValueStoreException {@link ErrorCode#STORE_UNAVAILABLE} when a node of the cluster does not answer,
     *     {@link ErrorCode#STORE_NOT_EMPTY} when something has written meanwhile, {@link ErrorCode#NOT_ALLOWED_NOW} when the node is
     *     not marked in one of the two phases by this restore, or has begun to load; nothing is emptied then
     */
    void emptyTables(RestoreId restore);

    /**
     * Does what {@link dev.tidemark.kvs.transactiontable.TransactionTable#abortAll} says, for a restore whose data the node has. An
     * empty list tells the node the epoch, and asks whether it has them: also of a node that was handed over already.
     *
     * @throws KeyValueStoreException {@link ErrorCode#FENCED_OUT} when a greater epoch was seen, {@link ErrorCode#NOT_ALLOWED_NOW}
     *     when the node is not marked as loaded or adopted by this restore; nothing is aborted then
     */
    List<TransactionEntry> abortAll(RestoreId restore, TransactionsSchemaMap schemas, List<TransactionEntry> seen);
}

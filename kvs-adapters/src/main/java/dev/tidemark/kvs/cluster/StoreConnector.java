package dev.tidemark.kvs.cluster;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.cluster.StoreDescription.NodeDescription;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.node.StoreNode;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The ways to reach one configured store, alive or lost. Opens nothing by itself. Thread-safe. */
public interface StoreConnector {
    /**
     * Reaches the store while it serves its application, or opens it when no process does.
     *
     * @throws KeyValueStoreException {@link ErrorCode#STORE_UNAVAILABLE} when there is no store,
     *     {@link ErrorCode#RESTORE_INCOMPLETE} when a restore of it has begun and not ended,
     *     {@link ErrorCode#STORE_IN_USE} when another process holds it and does not answer
     */
    StoreCluster connect();

    /** Returns the nodes into which a restore can put files, whether or not they serve data; ordered by id. */
    List<StoreNode> targetNodes();

    /**
     * Decides which target nodes get which backed-up nodes' files. Only a question. A store that can't change its nodes wants the
     * same ones again.
     *
     * @param backedUp the nodes that the backup has, those that it has no snapshot of included ({@code isUp} is false for them)
     * @param schema the text by name that the backup has of the store's schema
     * @return one placement for each target node that gets something or has to be there, ordered by target
     * @throws KeyValueStoreException {@link ErrorCode#STORE_UNSUPPORTED} when the targets can't hold the backup,
     *     because of their number, or of a schema that is there already
     */
    List<Placement> place(List<NodeDescription> backedUp, Map<String, String> schema);

    /**
     * Narrows a restore to some tables, and those that the store itself needs to tell what is committed in them. Only a question.
     *
     * @param schema the text by name that the backup has of the store's schema
     * @param tables tables of the backup
     * @throws KeyValueStoreException {@link ErrorCode#STORE_UNSUPPORTED} when a table's data can't be told from those of others
     */
    TableSelection select(Map<String, String> schema, Set<TableName> tables);

    /**
     * Tells who else is connected to the store, for whoever is about to change it: clients keep in memory what will not be true any
     * more, and have to be stopped first and started again afterwards. Only a question.
     *
     * @return one sentence for each client that is seen, and for each reason why some can't be seen; empty when there is nothing to tell
     */
    List<String> otherClients();

    /**
     * What has to happen to the store as a whole after every node has set aside what it held, and before any of them loads:
     * creating the schema or comparing it, and emptying tables where a node can't do it alone. Idempotent; does nothing once a node
     * has loaded.
     *
     * @param restore the restore that every node is going to load for
     * @param schema the text by name that the backup has of the store's schema
     * @throws KeyValueStoreException {@link ErrorCode#STORE_UNSUPPORTED} when there is another schema
     */
    void prepareLoad(RestoreId restore, Map<String, String> schema);

    /**
     * What has to happen to the store as a whole before its nodes bring back a safety copy. Idempotent; does nothing once a node has
     * brought it back.
     *
     * @throws KeyValueStoreException as {@link StoreNode#bringBack}
     */
    void prepareBringBack(RestoreId restore, String safetyCopy);

    /** What has to happen to the store as a whole before its nodes give back what this restore has changed. Idempotent. */
    void prepareGiveBack(RestoreId restore);

    /**
     * Opens the store after every node has loaded, for the restore with this id alone. What is opened works on the data of this
     * restore and on nothing else: either nobody can give them back, or load others, while it is open, or every call fails from
     * then on, as it does when a greater epoch of the restore is seen. So a coordinator that was stopped in the middle of a
     * clean-up, and goes on when another one has taken everything back, aborts nothing of what is live.
     *
     * @throws KeyValueStoreException {@link ErrorCode#RESTORE_INCOMPLETE} when another restore holds it,
     *     {@link ErrorCode#NOT_ALLOWED_NOW} when this one has not loaded, {@link ErrorCode#FENCED_OUT} when a restore with a
     *     greater epoch was seen
     */
    StoreCluster openRestored(RestoreId restore);
}

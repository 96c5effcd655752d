package dev.tidemark.kvs.cluster;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.node.StoreNode;
import java.util.List;

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

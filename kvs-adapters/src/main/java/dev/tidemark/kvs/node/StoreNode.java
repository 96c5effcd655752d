package dev.tidemark.kvs.node;

import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import java.nio.channels.ReadableByteChannel;
import java.util.SortedSet;

/**
 * Node side of a store: what somebody who sits beside one node can do with its files. Two halves, snapshot and restore,
 * each idempotent by its tag or restore id, so that a coordinator that died can be followed by one that repeats the
 * calls.
 *
 * <p>All methods block and are thread-safe. They throw {@link KeyValueStoreException}:
 * {@link ErrorCode#STORE_UNAVAILABLE} when the node does not answer, {@link ErrorCode#DISK_FULL} when its disk is full,
 * {@link ErrorCode#FENCED_OUT} when a restore with a greater epoch was seen.
 */
public interface StoreNode {
    /** Returns the node's name. */
    NodeId id();

    /**
     * Takes a snapshot of everything that has reached the node before the call, without stopping writers. When it returns,
     * the snapshot can't change or vanish by itself. A tag that exists is left as it is.
     *
     * @throws KeyValueStoreException {@link ErrorCode#SNAPSHOT_FAILED} when it could not be taken; nothing is left.
     *     {@link ErrorCode#STORE_UNAVAILABLE} when there is no store, {@link ErrorCode#RESTORE_INCOMPLETE} when a restore of it
     *     has not ended
     */
    void snapshot(SnapshotTag tag);

    /** Returns the tags of all complete snapshots on the node. */
    SortedSet<SnapshotTag> snapshots();

    /**
     * Lists the files of a snapshot ordered by path (as Java strings), streaming.
     *
     * @param afterPath only paths greater than this one; the empty string lists all
     * @throws KeyValueStoreException {@link ErrorCode#SNAPSHOT_FAILED} when there is no such snapshot
     */
    CloseableIterator<SnapshotFile> files(SnapshotTag tag, String afterPath);

    /**
     * Opens a file of a snapshot for reading from its start.
     *
     * @throws KeyValueStoreException {@link ErrorCode#SNAPSHOT_FAILED} when the snapshot or the file is not there
     */
    ReadableByteChannel open(SnapshotTag tag, String path);

    /** Removes a snapshot; does nothing when there is none. */
    void drop(SnapshotTag tag);

    /**
     * Tells whether the node holds data that a restore would replace. Only a question, asked by plans too: it changes nothing
     * and answers whatever the epoch.
     *
     * @return true when there is nothing, or what this very restore has loaded, whether or not it is complete: it would
     *     never be loaded again
     */
    boolean isEmptyFor(RestoreId restore);

    /**
     * Returns how many bytes a restore can put on the node, as far as the node knows; {@link Long#MAX_VALUE} when it does
     * not. Only a question, as {@link #isEmptyFor}.
     */
    long usableBytes();

    /**
     * Opens, or finds again, the staging area of a restore. Live data is not touched.
     *
     * @param expectedBytes what will be staged in all; a node that knows that its disk is too small refuses with
     *     {@link ErrorCode#DISK_FULL} before anything is written
     */
    StagingArea stage(RestoreId restore, long expectedBytes);

    /**
     * Makes the staged files the node's data, atomically and durably, and marks the node as being restored: until
     * {@link #completeRestore} it refuses to serve anybody but the restore with this id. Does nothing when this restore
     * has loaded already, complete or not.
     *
     * @throws KeyValueStoreException {@link ErrorCode#STORE_NOT_EMPTY} when there is data that is not of this restore,
     *     {@link ErrorCode#STORE_IN_USE} when a process serves it, {@link ErrorCode#NOT_ALLOWED_NOW} when {@link #stage} was
     *     never called, {@link ErrorCode#STORE_DAMAGED} when the node sees that the files are not intact; nothing is loaded
     *     then
     */
    void load(RestoreId restore);

    /**
     * Lifts the mark of {@link #load} durably; does nothing when this restore is complete already.
     *
     * @throws KeyValueStoreException {@link ErrorCode#RESTORE_INCOMPLETE} when the mark is that of another restore,
     *     {@link ErrorCode#NOT_ALLOWED_NOW} when the node's data is not what this restore has loaded
     */
    void completeRestore(RestoreId restore);

    /**
     * Removes the staging area and the files that were not loaded; does nothing when there are none. Waits for a load that is
     * under way.
     */
    void discardStaging(RestoreId restore);
}

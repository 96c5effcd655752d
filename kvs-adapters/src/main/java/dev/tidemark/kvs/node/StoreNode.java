package dev.tidemark.kvs.node;

import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import java.nio.channels.ReadableByteChannel;
import java.util.SortedSet;

/**
 * Node side of a store: what somebody who sits beside one node can do with its files. Three parts, snapshot, restore, and
 * change in place with a safety copy, each idempotent by its tag or restore id, so that a coordinator that died can be followed
 * by one that repeats the calls.
 *
 * <p>A node that is changed by a restore is <em>marked</em>: until {@link #completeRestore} or {@link #giveBack} it serves
 * nobody but the restore with this id. A <em>safety copy</em> is all of a node's data as it was before a restore changed it, under
 * the restore's id. It costs no copying where the node can rename and link files, and stays until {@link #dropSafetyCopy}, or
 * until {@link #bringBack} makes it the node's data again.
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
     * Lifts the mark of {@link #load}, {@link #adopt} or {@link #bringBack} durably, and removes what the node held before a
     * {@link #bringBack}; does nothing when this restore is complete already. Safety copies stay.
     *
     * @throws KeyValueStoreException {@link ErrorCode#RESTORE_INCOMPLETE} when the mark is that of another restore,
     *     {@link ErrorCode#NOT_ALLOWED_NOW} when the node's data is not what this restore has loaded
     */
    void completeRestore(RestoreId restore);

    /**
     * Looks whether what is staged is what the store can load, as far as that can be told without loading it: to be called when all of
     * it is there, and while the way back is short. By default nothing is looked at.
     *
     * @throws KeyValueStoreException {@link ErrorCode#STORE_DAMAGED} naming what is not whole or not intact, though it is what the
     *     backup has; {@link ErrorCode#NOT_ALLOWED_NOW} when something was damaged after it was found intact, and was removed, so that it
     *     has to be staged again; {@link ErrorCode#MANIFEST_INVALID} when there is something that no snapshot of this store has
     */
    default void verifyStaged(RestoreId restore) {}

    /**
     * Removes the staging area and the files that were not loaded; does nothing when there are none. Waits for a load that is
     * under way.
     */
    void discardStaging(RestoreId restore);

    /**
     * Keeps the node's data, whole, as the safety copy with the restore's id, and leaves the node empty and marked, so that
     * {@link #load} works as on an empty node; snapshots and staged files are not touched. Durable. Does nothing when the node
     * holds nothing (there is no mark and no safety copy then), when this restore has done it already, and when it has loaded,
     * complete or not.
     *
     * @throws KeyValueStoreException {@link ErrorCode#STORE_IN_USE} when a process serves the data,
     *     {@link ErrorCode#RESTORE_INCOMPLETE} when the mark is that of another restore, {@link ErrorCode#NOT_ALLOWED_NOW} when
     *     this restore has begun to {@link #adopt} or to {@link #bringBack}
     */
    void setAside(RestoreId restore);

    /**
     * Keeps a safety copy of the node's data with the restore's id, and marks the data as loaded by this restore: what it needs to
     * change them in place. Nobody else writes to the node between the two. Durable. Does nothing when this restore has done it
     * already, complete or not.
     *
     * @throws KeyValueStoreException {@link ErrorCode#STORE_UNAVAILABLE} when there is no store,
     *     {@link ErrorCode#STORE_IN_USE} when a process serves the data, {@link ErrorCode#RESTORE_INCOMPLETE} when the mark is
     *     that of another restore, {@link ErrorCode#NOT_ALLOWED_NOW} when this restore has begun to {@link #setAside}, to load or
     *     to {@link #bringBack}
     */
    void adopt(RestoreId restore);

    /**
     * Makes a safety copy the node's data, marked as loaded by this restore; it is no safety copy any longer. What the node held
     * until then, if anything, is kept until {@link #completeRestore} removes it or {@link #giveBack} returns it. Durable. Does
     * nothing when this restore has done it already, complete or not.
     *
     * @param safetyCopy id of the restore that the copy was made for
     * @throws KeyValueStoreException {@link ErrorCode#NOT_ALLOWED_NOW} when there is no such safety copy, or when this restore has
     *     begun to {@link #setAside}, to {@link #adopt}, to load, or to bring back another copy; {@link ErrorCode#STORE_IN_USE}
     *     when a process serves the data, {@link ErrorCode#RESTORE_INCOMPLETE} when the mark is that of another restore
     */
    void bringBack(RestoreId restore, String safetyCopy);

    /**
     * Takes {@link #setAside}, {@link #adopt} or {@link #bringBack} of this restore back, also one that has gone half way: the
     * data are as before, the mark and the safety copy of this restore are gone, and a copy that was brought back is a safety copy
     * again. What was loaded after {@link #setAside}, and what was written to data after {@link #adopt}, is removed. The caller
     * guarantees that nobody has written to a copy after {@link #bringBack}. Durable. Does nothing when there is nothing to take
     * back, in particular when this restore is complete, when it has loaded into a node that held nothing, or when another restore
     * has marked the node.
     *
     * @throws KeyValueStoreException {@link ErrorCode#STORE_IN_USE} when the restore itself still has the store open
     */
    void giveBack(RestoreId restore);

    /** Returns the names of all complete safety copies on the node, which are ids of restores. Only a question. */
    SortedSet<String> safetyCopies();

    /**
     * Removes a safety copy, atomically and durably; does nothing when there is none. May be called while a process serves the
     * data.
     *
     * @param restore who removes it
     * @param safetyCopy id of the restore that the copy was made for
     * @throws KeyValueStoreException {@link ErrorCode#RESTORE_INCOMPLETE} when another restore has marked the node,
     *     {@link ErrorCode#NOT_ALLOWED_NOW} when it is the safety copy of the restore that has marked the node
     */
    void dropSafetyCopy(RestoreId restore, String safetyCopy);
}

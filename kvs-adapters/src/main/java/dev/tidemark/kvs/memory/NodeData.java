package dev.tidemark.kvs.memory;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.node.NodeId;
import dev.tidemark.kvs.node.RestoreId;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Whose data a node holds: nobody's, its application's, or those of a restore that has marked the node, and the safety copies
 * beside them. Guarded by the store's monitor; every change is one step.
 *
 * <p>Invariant: a node whose data are set aside is marked, so that nobody takes it for one without a store.
 */
final class NodeData {
    private final NodeId id;
    private final Replica replica = new Replica();
    private final SortedMap<String, Contents> safetyCopies = new TreeMap<>();
    private boolean hasData;
    /** The restore that has changed the node and is not complete, or null. */
    private Mark mark;
    /** Id of the restore that was completed last, or the empty string. */
    private String completed = "";

    NodeData(NodeId id) {
        this.id = id;
    }

    /** How a restore came to the node. */
    private enum Way {
        LOADED,
        SET_ASIDE,
        ADOPTED,
        BROUGHT_BACK
    }

    /**
     * The mark of a restore.
     *
     * @param restore its id
     * @param broughtBack name of the safety copy that it brought back, or the empty string
     * @param held what the node held before that, or null when it held nothing
     */
    private record Mark(String restore, Way way, String broughtBack, Contents held) {
        Mark(String restore, Way way) {
            this(restore, way, "", null);
        }
    }

    Replica replica() {
        return replica;
    }

    void serve() {
        hasData = true;
    }

    void destroy() {
        replica.replace(new Contents());
        safetyCopies.clear();
        hasData = false;
        mark = null;
        completed = "";
    }

    boolean isEmptyFor(RestoreId restore) {
        if (mark != null) {
            return isMarkedBy(restore);
        }
        return !hasData || completed.equals(restore.id());
    }

    /** Tells whether the node holds data and is not marked by another restore than the caller's, which may be null. */
    boolean isServing(RestoreId restore) {
        return hasData && (mark == null || isMarkedBy(restore));
    }

    /** Refuses when another restore than the caller's, which may be null, has marked the node. */
    void requireNoOther(RestoreId restore) {
        if (mark != null && !isMarkedBy(restore)) {
            throw incomplete(mark.restore);
        }
    }

    KeyValueStoreException incomplete(String restore) {
        return new KeyValueStoreException(
                ErrorCode.RESTORE_INCOMPLETE,
                "restore '" + restore + "' of node '" + id + "' has not ended",
                "Run 'tidemark resume " + restore + "'.");
    }

    KeyValueStoreException noStore() {
        return new KeyValueStoreException(
                ErrorCode.STORE_UNAVAILABLE, "there is no store in node '" + id + "'", "Restore a backup.");
    }

    /** Refuses unless the node's data are those of this restore. */
    void requireLoadedBy(RestoreId restore) {
        requireNoOther(restore);
        if (!isLoadedBy(restore)) {
            throw notAllowed("restore '" + restore + "' has not loaded its files into node '" + id + "'", restore);
        }
    }

    boolean isLoadedBy(RestoreId restore) {
        return hasData && (mark == null ? completed.equals(restore.id()) : isMarkedBy(restore));
    }

    void requireEmpty(RestoreId restore) {
        if (hasData || (mark != null && !isMarkedBy(restore))) {
            throw new KeyValueStoreException(
                    ErrorCode.STORE_NOT_EMPTY,
                    "node '" + id + "' holds data",
                    "Restore into an empty store, or remove the data.");
        }
    }

    void load(RestoreId restore, List<Segment> segments) {
        replica.replace(Contents.of(segments));
        hasData = true;
        mark = new Mark(restore.id(), Way.LOADED);
    }

    void complete(RestoreId restore) {
        requireLoadedBy(restore);
        mark = null;
        completed = restore.id();
    }

    void setAside(RestoreId restore) {
        requireNoOther(restore);
        requireWay(restore, Way.SET_ASIDE, Way.LOADED);
        if (!hasData || isLoadedBy(restore)) {
            return;
        }
        requireNoSafetyCopy(restore);
        safetyCopies.put(restore.id(), replica.contents());
        replica.replace(new Contents());
        hasData = false;
        mark = new Mark(restore.id(), Way.SET_ASIDE);
    }

    void adopt(RestoreId restore) {
        requireNoOther(restore);
        requireWay(restore, Way.ADOPTED);
        if (isLoadedBy(restore)) {
            return;
        }
        if (!hasData) {
            throw noStore();
        }
        requireNoSafetyCopy(restore);
        safetyCopies.put(restore.id(), replica.contents().copy());
        mark = new Mark(restore.id(), Way.ADOPTED);
    }

    void bringBack(RestoreId restore, String safetyCopy) {
        requireNoOther(restore);
        requireWay(restore, Way.BROUGHT_BACK);
        if (mark != null && !mark.broughtBack.equals(safetyCopy)) {
            throw notAllowed(
                    "restore '" + restore + "' has brought back safety copy '" + mark.broughtBack + "' on node '" + id
                            + "', not '" + safetyCopy + "'",
                    restore);
        }
        if (isLoadedBy(restore)) {
            return;
        }
        if (!safetyCopies.containsKey(safetyCopy)) {
            throw new KeyValueStoreException(
                    ErrorCode.NOT_ALLOWED_NOW,
                    "node '" + id + "' has no safety copy '" + safetyCopy + "' (expected: one of "
                            + safetyCopies.keySet() + ")",
                    "Choose a restore whose safety copy is still there, or restore a backup.");
        }
        mark = new Mark(restore.id(), Way.BROUGHT_BACK, safetyCopy, hasData ? replica.contents() : null);
        replica.replace(safetyCopies.remove(safetyCopy));
        hasData = true;
    }

    void giveBack(RestoreId restore) {
        if (!isMarkedBy(restore)) {
            return;
        }
        switch (mark.way) {
            case LOADED, SET_ASIDE, ADOPTED -> {
                if (!safetyCopies.containsKey(restore.id())) {
                    return; // loaded into a node that held nothing
                }
                replica.replace(safetyCopies.remove(restore.id()));
                hasData = true;
            }
            case BROUGHT_BACK -> {
                safetyCopies.put(mark.broughtBack, replica.contents());
                hasData = mark.held != null;
                replica.replace(hasData ? mark.held : new Contents());
            }
        }
        mark = null;
    }

    SortedSet<String> safetyCopies() {
        return new TreeSet<>(safetyCopies.keySet());
    }

    void dropSafetyCopy(RestoreId restore, String safetyCopy) {
        requireNoOther(restore);
        if (safetyCopies.containsKey(safetyCopy)
                && isMarkedBy(restore)
                && restore.id().equals(safetyCopy)) {
            throw notAllowed("restore '" + restore + "' of node '" + id + "' still needs its safety copy", restore);
        }
        safetyCopies.remove(safetyCopy);
    }

    private boolean isMarkedBy(RestoreId restore) {
        return mark != null && restore != null && mark.restore.equals(restore.id());
    }

    /** Refuses when this restore has changed the node in another way. */
    private void requireWay(RestoreId restore, Way... expected) {
        if (mark != null && !List.of(expected).contains(mark.way)) {
            throw notAllowed("restore '" + restore + "' has changed node '" + id + "' in another way", restore);
        }
    }

    private void requireNoSafetyCopy(RestoreId restore) {
        if (safetyCopies.containsKey(restore.id())) {
            throw new KeyValueStoreException(
                    ErrorCode.NOT_ALLOWED_NOW,
                    "node '" + id + "' has a safety copy of restore '" + restore + "', which has ended",
                    "Run a new operation instead of '" + restore + "'.");
        }
    }

    private static KeyValueStoreException notAllowed(String message, RestoreId restore) {
        return new KeyValueStoreException(ErrorCode.NOT_ALLOWED_NOW, message, "Run 'tidemark resume " + restore + "'.");
    }
}

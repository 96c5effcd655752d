package dev.tidemark.kvs.memory;

import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.node.NodeId;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.node.SnapshotFile;
import dev.tidemark.kvs.node.SnapshotTag;
import dev.tidemark.kvs.node.StagingArea;
import dev.tidemark.kvs.node.StoreNode;
import java.io.ByteArrayInputStream;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;

/** Node side of an in-memory store. State is guarded by the store's monitor. */
final class InMemoryNode implements StoreNode {
    private final InMemoryStore store;
    private final NodeId id;
    private final Replica replica = new Replica();
    private final Map<SnapshotTag, List<Segment>> snapshots = new TreeMap<>();
    /** Content by path of each restore that stages files. */
    private final Map<String, Map<String, byte[]>> staging = new TreeMap<>();

    private boolean hasData;
    /** Id of the restore that has loaded and is not complete, or the empty string. */
    private String restoring = "";
    /** Id of the restore that was loaded last, or the empty string. */
    private String loaded = "";

    private long greatestEpoch;

    InMemoryNode(InMemoryStore store, NodeId id) {
        this.store = store;
        this.id = id;
    }

    Replica replica() {
        return replica;
    }

    void serve() {
        hasData = true;
    }

    void destroy() {
        replica.clear();
        snapshots.clear();
        staging.clear();
        hasData = false;
        restoring = "";
        loaded = "";
        greatestEpoch = 0;
    }

    /**
     * Refuses when the node holds no data, or is being restored.
     *
     * @param restore whose data may be used before it is complete, or null
     */
    void requireServing(RestoreId restore) {
        if (!restoring.isEmpty() && (restore == null || !restore.id().equals(restoring))) {
            throw incomplete(restoring);
        }
        if (!hasData && !staging.isEmpty()) {
            throw incomplete(staging.keySet().iterator().next());
        }
        if (!hasData) {
            throw new KeyValueStoreException(
                    ErrorCode.STORE_UNAVAILABLE, "node '" + id + "' holds no store", "Restore a backup.");
        }
    }

    /** Refuses unless the node's data is what this restore has loaded. */
    void requireLoadedBy(RestoreId restore) {
        requireEpoch(restore);
        if (!restoring.isEmpty() && !restore.id().equals(restoring)) {
            throw incomplete(restoring);
        }
        if (!hasData || !loaded.equals(restore.id())) {
            throw new KeyValueStoreException(
                    ErrorCode.NOT_ALLOWED_NOW,
                    "restore '" + restore + "' has not loaded its files into node '" + id + "'",
                    "Run 'tidemark resume " + restore + "'.");
        }
    }

    private KeyValueStoreException incomplete(String restore) {
        return new KeyValueStoreException(
                ErrorCode.RESTORE_INCOMPLETE,
                "restore '" + restore + "' of node '" + id + "' has not ended",
                "Run 'tidemark resume " + restore + "'.");
    }

    @Override
    public NodeId id() {
        return id;
    }

    @Override
    public void snapshot(SnapshotTag tag) {
        store.faults().run(Seam.SNAPSHOT, () -> {
            synchronized (store) {
                requireUp();
                requireServing(null);
                if (!snapshots.containsKey(tag)) {
                    snapshots.put(tag, replica.flush());
                }
            }
        });
    }

    @Override
    public SortedSet<SnapshotTag> snapshots() {
        synchronized (store) {
            requireUp();
            return new TreeSet<>(snapshots.keySet());
        }
    }

    @Override
    public CloseableIterator<SnapshotFile> files(SnapshotTag tag, String afterPath) {
        synchronized (store) {
            requireUp();
            Iterator<SnapshotFile> files = segments(tag).stream()
                    .map(segment -> new SnapshotFile(segment.path(), segment.content().length, segment.identity()))
                    .filter(file -> file.path().compareTo(afterPath) > 0)
                    .iterator();
            return new CloseableIterator<>() {
                @Override
                public boolean hasNext() {
                    return files.hasNext();
                }

                @Override
                public SnapshotFile next() {
                    return files.next();
                }

                @Override
                public void close() {}
            };
        }
    }

    @Override
    public ReadableByteChannel open(SnapshotTag tag, String path) {
        return store.faults().call(Seam.OPEN, () -> {
            synchronized (store) {
                requireUp();
                byte[] content = segments(tag).stream()
                        .filter(segment -> segment.path().equals(path))
                        .map(Segment::content)
                        .findFirst()
                        .orElseThrow(() -> missing("file '" + path + "' of snapshot '" + tag + "'"));
                return Channels.newChannel(new ByteArrayInputStream(content));
            }
        });
    }

    @Override
    public void drop(SnapshotTag tag) {
        store.faults().run(Seam.DROP, () -> {
            synchronized (store) {
                requireUp();
                snapshots.remove(tag);
            }
        });
    }

    @Override
    public boolean isEmptyFor(RestoreId restore) {
        synchronized (store) {
            requireUp();
            return !hasData || loaded.equals(restore.id());
        }
    }

    @Override
    public long usableBytes() {
        synchronized (store) {
            requireUp();
            return Long.MAX_VALUE;
        }
    }

    @Override
    public StagingArea stage(RestoreId restore, long expectedBytes) {
        synchronized (store) {
            requireUp();
            requireEpoch(restore);
            return new InMemoryStaging(
                    staging.computeIfAbsent(restore.id(), key -> new ConcurrentSkipListMap<>()),
                    store.faults(),
                    commit -> {
                        synchronized (store) {
                            requireNotOvertaken(restore);
                            commit.run();
                        }
                    });
        }
    }

    @Override
    public void load(RestoreId restore) {
        store.faults().run(Seam.LOAD, () -> {
            synchronized (store) {
                requireUp();
                requireEpoch(restore);
                if (loaded.equals(restore.id())) {
                    return;
                }
                if (hasData) {
                    throw new KeyValueStoreException(
                            ErrorCode.STORE_NOT_EMPTY,
                            "node '" + id + "' holds data",
                            "Restore into an empty store, or remove the data.");
                }
                Map<String, byte[]> files = staging.get(restore.id());
                if (files == null) {
                    throw new KeyValueStoreException(
                            ErrorCode.NOT_ALLOWED_NOW,
                            "nothing is staged for restore '" + restore + "' on node '" + id + "'",
                            "Run 'tidemark resume " + restore + "', which stages the files first.");
                }
                replica.load(files.entrySet().stream()
                        .map(file -> Segment.of(file.getKey(), file.getValue()))
                        .toList());
                store.raiseSequence(replica.maxSequence());
                hasData = true;
                restoring = restore.id();
                loaded = restore.id();
                staging.remove(restore.id());
            }
        });
    }

    @Override
    public void completeRestore(RestoreId restore) {
        store.faults().run(Seam.COMPLETE_RESTORE, () -> {
            synchronized (store) {
                requireUp();
                requireLoadedBy(restore);
                restoring = "";
            }
        });
    }

    @Override
    public void discardStaging(RestoreId restore) {
        synchronized (store) {
            requireUp();
            requireEpoch(restore);
            staging.remove(restore.id());
        }
    }

    private List<Segment> segments(SnapshotTag tag) {
        List<Segment> segments = snapshots.get(tag);
        if (segments == null) {
            throw missing("snapshot '" + tag + "'");
        }
        return segments;
    }

    private KeyValueStoreException missing(String what) {
        return new KeyValueStoreException(
                ErrorCode.SNAPSHOT_FAILED, what + " is not on node '" + id + "'", "Take the backup again.");
    }

    private void requireUp() {
        if (!replica.isUp()) {
            throw new KeyValueStoreException(
                    ErrorCode.STORE_UNAVAILABLE, "node '" + id + "' can't be reached", "Bring the node back.");
        }
    }

    private void requireEpoch(RestoreId restore) {
        requireNotOvertaken(restore);
        greatestEpoch = restore.epoch();
    }

    private void requireNotOvertaken(RestoreId restore) {
        requireUp();
        if (restore.epoch() < greatestEpoch) {
            throw new KeyValueStoreException(
                    ErrorCode.FENCED_OUT,
                    "epoch " + restore.epoch() + " of restore '" + restore + "' is too old for node '" + id
                            + "' (expected: at least " + greatestEpoch + ")",
                    "Another coordinator has taken over; look at the operations of the namespace.");
        }
    }
}

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
import java.util.function.Consumer;

/** Node side of an in-memory store. State is guarded by the store's monitor. */
final class InMemoryNode implements StoreNode {
    private final InMemoryStore store;
    private final NodeId id;
    private final NodeData data;
    private final Map<SnapshotTag, List<Segment>> snapshots = new TreeMap<>();
    /** Content by path of each restore that stages files. */
    private final Map<String, Map<String, byte[]>> staging = new TreeMap<>();

    private long greatestEpoch;

    InMemoryNode(InMemoryStore store, NodeId id) {
        this.store = store;
        this.id = id;
        this.data = new NodeData(id);
    }

    Replica replica() {
        return data.replica();
    }

    void serve() {
        data.serve();
    }

    void destroy() {
        data.destroy();
        snapshots.clear();
        staging.clear();
        greatestEpoch = 0;
    }

    /**
     * Refuses when the node holds no data, or is being restored.
     *
     * @param restore whose data may be used before it is complete, or null
     */
    void requireServing(RestoreId restore) {
        if (restore != null) {
            requireLoadedBy(restore); // not what was given back since, nor what a process with a greater epoch works on
            return;
        }
        data.requireNoOther(restore);
        if (!data.isServing(restore)) {
            throw staging.isEmpty()
                    ? data.noStore()
                    : data.incomplete(staging.keySet().iterator().next());
        }
    }

    /** Refuses unless the node's data are what this restore has loaded. */
    void requireLoadedBy(RestoreId restore) {
        requireEpoch(restore);
        data.requireLoadedBy(restore);
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
                    snapshots.put(tag, replica().flush());
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
            return data.isEmptyFor(restore);
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
                if (data.isLoadedBy(restore)) {
                    return;
                }
                data.requireEmpty(restore);
                Map<String, byte[]> files = staging.get(restore.id());
                if (files == null) {
                    throw new KeyValueStoreException(
                            ErrorCode.NOT_ALLOWED_NOW,
                            "nothing is staged for restore '" + restore + "' on node '" + id + "'",
                            "Run 'tidemark resume " + restore + "', which stages the files first.");
                }
                data.load(
                        restore,
                        files.entrySet().stream()
                                .map(file -> Segment.of(file.getKey(), file.getValue()))
                                .toList());
                store.raiseSequence(replica().contents().maxSequence());
                staging.remove(restore.id());
            }
        });
    }

    @Override
    public void completeRestore(RestoreId restore) {
        store.faults().run(Seam.COMPLETE_RESTORE, () -> {
            synchronized (store) {
                requireEpoch(restore);
                data.complete(restore);
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

    @Override
    public void setAside(RestoreId restore) {
        change(Seam.SET_ASIDE, restore, data::setAside);
    }

    @Override
    public void adopt(RestoreId restore) {
        change(Seam.ADOPT, restore, data::adopt);
    }

    @Override
    public void bringBack(RestoreId restore, String safetyCopy) {
        change(Seam.BRING_BACK, restore, each -> data.bringBack(each, safetyCopy));
    }

    @Override
    public void giveBack(RestoreId restore) {
        change(Seam.GIVE_BACK, restore, data::giveBack);
    }

    @Override
    public SortedSet<String> safetyCopies() {
        synchronized (store) {
            requireUp();
            return data.safetyCopies();
        }
    }

    @Override
    public void dropSafetyCopy(RestoreId restore, String safetyCopy) {
        change(Seam.DROP_SAFETY_COPY, restore, each -> data.dropSafetyCopy(each, safetyCopy));
    }

    private void change(Seam seam, RestoreId restore, Consumer<RestoreId> change) {
        store.faults().run(seam, () -> {
            synchronized (store) {
                requireEpoch(restore);
                change.accept(restore);
            }
        });
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
        if (!replica().isUp()) {
            throw new KeyValueStoreException(
                    ErrorCode.STORE_UNAVAILABLE, "node '" + id + "' can't be reached", "Bring the node back.");
        }
    }

    /** Refuses when the node can't be reached or has seen a greater epoch, and remembers this one. */
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

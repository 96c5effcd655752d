package dev.tidemark.kvs.rocksdb;

import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.node.NodeId;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.node.SnapshotFile;
import dev.tidemark.kvs.node.SnapshotTag;
import dev.tidemark.kvs.node.StagingArea;
import dev.tidemark.kvs.node.StoreNode;
import dev.tidemark.kvs.rocksdb.directory.ChangeInPlace;
import dev.tidemark.kvs.rocksdb.directory.RestoreTarget;
import java.nio.channels.ReadableByteChannel;
import java.util.SortedSet;
import java.util.function.Consumer;

/** The one node of a store: its directory. Only taking a snapshot needs the owner; all else works on the files. */
final class RocksDbNode implements StoreNode {
    static final NodeId ID = new NodeId("local");

    private final SnapshotDirectory snapshots;
    private final RestoreTarget target;
    private final ChangeInPlace inPlace;
    private final Consumer<SnapshotTag> taker;

    /**
     * Creates the node.
     *
     * @param taker takes a snapshot whoever owns the store
     */
    RocksDbNode(SnapshotDirectory snapshots, RestoreTarget target, ChangeInPlace inPlace, Consumer<SnapshotTag> taker) {
        this.snapshots = snapshots;
        this.target = target;
        this.inPlace = inPlace;
        this.taker = taker;
    }

    @Override
    public NodeId id() {
        return ID;
    }

    @Override
    public void snapshot(SnapshotTag tag) {
        if (!snapshots.exists(tag)) {
            taker.accept(tag);
        }
    }

    @Override
    public SortedSet<SnapshotTag> snapshots() {
        return snapshots.tags();
    }

    @Override
    public CloseableIterator<SnapshotFile> files(SnapshotTag tag, String afterPath) {
        return snapshots.files(tag, afterPath);
    }

    @Override
    public ReadableByteChannel open(SnapshotTag tag, String path) {
        return snapshots.open(tag, path);
    }

    @Override
    public void drop(SnapshotTag tag) {
        snapshots.drop(tag);
    }

    @Override
    public boolean isEmptyFor(RestoreId restore) {
        return target.isEmptyFor(restore);
    }

    @Override
    public long usableBytes() {
        return target.usableBytes();
    }

    @Override
    public StagingArea stage(RestoreId restore, long expectedBytes) {
        return target.stage(restore, expectedBytes);
    }

    @Override
    public void load(RestoreId restore) {
        target.load(restore);
    }

    @Override
    public void completeRestore(RestoreId restore) {
        target.completeRestore(restore);
    }

    @Override
    public void discardStaging(RestoreId restore) {
        target.discardStaging(restore);
    }

    @Override
    public void setAside(RestoreId restore) {
        inPlace.setAside(restore);
    }

    @Override
    public void adopt(RestoreId restore) {
        inPlace.adopt(restore);
    }

    @Override
    public void bringBack(RestoreId restore, String safetyCopy) {
        inPlace.bringBack(restore, safetyCopy);
    }

    @Override
    public void giveBack(RestoreId restore) {
        inPlace.giveBack(restore);
    }

    @Override
    public SortedSet<String> safetyCopies() {
        return inPlace.safetyCopies().names();
    }

    @Override
    public void dropSafetyCopy(RestoreId restore, String safetyCopy) {
        inPlace.safetyCopies().drop(restore, safetyCopy);
    }
}

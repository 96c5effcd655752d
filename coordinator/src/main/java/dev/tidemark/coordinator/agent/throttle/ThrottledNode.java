package dev.tidemark.coordinator.agent.throttle;

import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.node.NodeId;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.node.SnapshotFile;
import dev.tidemark.kvs.node.SnapshotTag;
import dev.tidemark.kvs.node.StagingArea;
import dev.tidemark.kvs.node.StoreNode;
import java.nio.channels.ReadableByteChannel;
import java.util.SortedSet;

/** A node whose files are read no faster than a limit allows, and not at all while a gate is closed. All else passes. */
public final class ThrottledNode implements StoreNode {
    private final StoreNode node;
    private final CopyThrottle throttle;
    private final Runnable permission;

    /**
     * Creates the node.
     *
     * @param permission is asked before each read; throws to end it
     */
    public ThrottledNode(StoreNode node, CopyThrottle throttle, Runnable permission) {
        this.node = node;
        this.throttle = throttle;
        this.permission = permission;
    }

    @Override
    public ReadableByteChannel open(SnapshotTag tag, String path) {
        return new ThrottledChannel(node.open(tag, path), throttle, permission);
    }

    @Override
    public NodeId id() {
        return node.id();
    }

    @Override
    public void snapshot(SnapshotTag tag) {
        node.snapshot(tag);
    }

    @Override
    public SortedSet<SnapshotTag> snapshots() {
        return node.snapshots();
    }

    @Override
    public CloseableIterator<SnapshotFile> files(SnapshotTag tag, String afterPath) {
        return node.files(tag, afterPath);
    }

    @Override
    public void drop(SnapshotTag tag) {
        node.drop(tag);
    }

    @Override
    public boolean isEmptyFor(RestoreId restore) {
        return node.isEmptyFor(restore);
    }

    @Override
    public long usableBytes() {
        return node.usableBytes();
    }

    @Override
    public StagingArea stage(RestoreId restore, long expectedBytes) {
        return node.stage(restore, expectedBytes);
    }

    @Override
    public void load(RestoreId restore) {
        node.load(restore);
    }

    @Override
    public void completeRestore(RestoreId restore) {
        node.completeRestore(restore);
    }

    @Override
    public void verifyStaged(RestoreId restore) {
        node.verifyStaged(restore);
    }

    @Override
    public void discardStaging(RestoreId restore) {
        node.discardStaging(restore);
    }

    @Override
    public void setAside(RestoreId restore) {
        node.setAside(restore);
    }

    @Override
    public void adopt(RestoreId restore) {
        node.adopt(restore);
    }

    @Override
    public void bringBack(RestoreId restore, String safetyCopy) {
        node.bringBack(restore, safetyCopy);
    }

    @Override
    public void giveBack(RestoreId restore) {
        node.giveBack(restore);
    }

    @Override
    public SortedSet<String> safetyCopies() {
        return node.safetyCopies();
    }

    @Override
    public void dropSafetyCopy(RestoreId restore, String safetyCopy) {
        node.dropSafetyCopy(restore, safetyCopy);
    }
}

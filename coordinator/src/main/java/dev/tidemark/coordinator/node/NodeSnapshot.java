package dev.tidemark.coordinator.node;

import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.node.SnapshotFile;
import dev.tidemark.kvs.node.SnapshotTag;
import dev.tidemark.kvs.node.StoreNode;

/**
 * A snapshot that a node has.
 *
 * @param node the node
 * @param tag name of the snapshot
 * @param files number of its files
 * @param bytes their bytes
 */
public record NodeSnapshot(StoreNode node, SnapshotTag tag, long files, long bytes) {
    /** Lists the files of a snapshot and adds them up. */
    public static NodeSnapshot measure(StoreNode node, SnapshotTag tag) {
        long files = 0;
        long bytes = 0;
        try (CloseableIterator<SnapshotFile> iterator = node.files(tag, "")) {
            while (iterator.hasNext()) {
                files++;
                bytes += iterator.next().sizeBytes();
            }
        }
        return new NodeSnapshot(node, tag, files, bytes);
    }
}

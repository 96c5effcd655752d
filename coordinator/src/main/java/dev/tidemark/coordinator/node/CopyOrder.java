package dev.tidemark.coordinator.node;

import dev.tidemark.coordinator.archive.filelist.FileListRef;
import java.util.Objects;

/**
 * What of a node is to be copied.
 *
 * @param snapshot the node's snapshot
 * @param from how far its copy has got
 * @param previous the node's file list in the backup before; without parts when there is none
 */
public record CopyOrder(NodeSnapshot snapshot, NodeCopy from, FileListRef previous) {
    /** Checks that all of it is there. */
    public CopyOrder {
        Objects.requireNonNull(snapshot, "snapshot");
        Objects.requireNonNull(from, "from");
        Objects.requireNonNull(previous, "previous");
    }
}

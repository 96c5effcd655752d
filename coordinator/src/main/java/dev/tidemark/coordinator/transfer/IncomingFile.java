package dev.tidemark.coordinator.transfer;

import dev.tidemark.kvs.Bytes;
import java.nio.channels.ReadableByteChannel;
import java.util.function.Supplier;

/**
 * A file of a backup that comes in.
 *
 * @param store name of the store
 * @param node id of the node
 * @param path acceptable as a path of a backup, see {@link dev.tidemark.coordinator.archive.filelist.FilePath}
 * @param sizeBytes length of the content
 * @param identity the node's word for the content, 1 to 200 characters
 * @param sha256 SHA-256 of the content, 32 bytes
 * @param content opens the content, at most once; the channel throws
 *     {@link dev.tidemark.coordinator.CoordinatorException} when it is damaged or can't be read. What is not opened is passed over,
 *     and checked where the source must be read from end to end
 */
public record IncomingFile(
        String store,
        String node,
        String path,
        long sizeBytes,
        String identity,
        Bytes sha256,
        Supplier<ReadableByteChannel> content) {
    /** Tells whether the file is of this node. */
    boolean isOf(String otherStore, String otherNode) {
        return store.equals(otherStore) && node.equals(otherNode);
    }
}

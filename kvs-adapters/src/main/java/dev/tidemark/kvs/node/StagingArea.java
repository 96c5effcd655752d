package dev.tidemark.kvs.node;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import java.nio.channels.WritableByteChannel;
import java.util.Map;

/**
 * Where a restore collects a node's files before they replace anything. Files are written once each, under a name that
 * becomes final when the channel is closed after {@link StagedFile#commit}. Thread-safe; several files may be open.
 */
public interface StagingArea {
    /**
     * Returns what is staged durably: size in bytes by path, for a resumed restore that skips what it already has. Bounded
     * by the number of files of one node.
     */
    Map<String, Long> files();

    /**
     * Begins a file; one that is staged under this path already is replaced when the new one is committed.
     *
     * @param path relative, validated again by the node: an absolute path, a drive letter, an empty, {@code .} or {@code ..}
     *     segment, a backslash, a NUL or a way through a symbolic link is refused
     * @throws KeyValueStoreException {@link ErrorCode#MANIFEST_INVALID} when the path is not acceptable
     */
    StagedFile create(String path);

    /** A file that is being staged. Not thread-safe. Closing without {@link #commit} removes it. */
    interface StagedFile extends WritableByteChannel {
        /**
         * Makes the content durable, gives the file its final name and closes it. Does nothing the second time.
         *
         * @throws KeyValueStoreException {@link ErrorCode#FENCED_OUT} when a restore with a greater epoch was seen
         */
        void commit();

        /** Frees the file; removes it when it was not committed. Never throws. */
        @Override
        void close();
    }

    /** Makes names and sizes of all committed files durable; to be called before the node is asked to load. */
    void sync();
}

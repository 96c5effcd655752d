package dev.tidemark.coordinator.node;

import dev.tidemark.coordinator.archive.filelist.FileListRef;
import java.util.ArrayList;
import java.util.List;

/**
 * How far the copy of one node's snapshot has got. What it counts is durable in the archive.
 *
 * @param parts parts of the file list that are stored, in order
 * @param lastPath the last path in them; the copy goes on after it
 * @param files files in the parts
 * @param rawBytes their bytes
 * @param readBytes bytes that were read from the node
 * @param newRawBytes bytes of the chunks that the archive did not have
 * @param storedBytes bytes added to the archive
 * @param isDone whether the parts hold all files
 */
public record NodeCopy(
        String store,
        String node,
        List<FileListRef.Part> parts,
        String lastPath,
        long files,
        long rawBytes,
        long readBytes,
        long newRawBytes,
        long storedBytes,
        boolean isDone) {
    /** Copies the list. */
    public NodeCopy {
        parts = List.copyOf(parts);
    }

    /** Returns the copy of a node of which nothing is copied. */
    public static NodeCopy begin(String store, String node) {
        return new NodeCopy(store, node, List.of(), "", 0, 0, 0, 0, 0, false);
    }

    /** Returns the whole list. */
    public FileListRef fileList() {
        return new FileListRef(parts);
    }

    /** Returns the copy with one more stretch of files, which is durable. */
    public NodeCopy with(
            FileListRef added, long addedRawBytes, long addedReadBytes, long addedNewRawBytes, long addedStoredBytes) {
        List<FileListRef.Part> all = new ArrayList<>(parts);
        all.addAll(added.parts());
        return new NodeCopy(
                store,
                node,
                all,
                all.isEmpty() ? "" : all.get(all.size() - 1).lastPath(),
                files + added.entries(),
                rawBytes + addedRawBytes,
                readBytes + addedReadBytes,
                newRawBytes + addedNewRawBytes,
                storedBytes + addedStoredBytes,
                false);
    }

    /** Returns the copy when there are no more files. */
    public NodeCopy done() {
        return new NodeCopy(store, node, parts, lastPath, files, rawBytes, readBytes, newRawBytes, storedBytes, true);
    }
}

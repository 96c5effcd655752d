package dev.tidemark.coordinator.archive.manifest;

import dev.tidemark.coordinator.archive.filelist.FileListRef;
import java.util.List;

/**
 * One node of a store in a backup.
 *
 * @param node id of the node
 * @param tokenRanges the parts of the key space of which it holds a copy
 * @param fileList where the list of its files is
 * @param files number of files
 * @param bytes their bytes
 */
public record NodeBackup(String node, List<String> tokenRanges, FileListRef fileList, long files, long bytes) {
    /** Copies the list and checks the ranges. */
    public NodeBackup {
        tokenRanges = List.copyOf(tokenRanges);
        Limits.requireText("node", node);
        Limits.requireCount("tokenRanges", tokenRanges.size(), Limits.MAX_TOKEN_RANGES);
        tokenRanges.forEach(range -> Limits.requireText("token range", range));
        Limits.require(files == fileList.entries(), "files", files, "as many as in the list: " + fileList.entries());
        Limits.requireAtLeastZero("bytes", bytes);
    }
}

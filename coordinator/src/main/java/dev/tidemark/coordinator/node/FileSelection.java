package dev.tidemark.coordinator.node;

import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.filelist.FileEntry;
import dev.tidemark.coordinator.archive.manifest.NodeBackup;
import dev.tidemark.kvs.CloseableIterator;
import java.util.List;

/**
 * Which files of a backed-up node are meant.
 *
 * @param pathPrefixes those whose path begins with one of them
 */
public record FileSelection(List<String> pathPrefixes) {
    /** All files. */
    public static final FileSelection ALL = new FileSelection(List.of(""));

    /** Copies the list. */
    public FileSelection {
        pathPrefixes = List.copyOf(pathPrefixes);
    }

    /** Tells whether the file is one of them. */
    public boolean contains(FileEntry file) {
        return pathPrefixes.stream().anyMatch(file.path()::startsWith);
    }

    /** Counts them; reads the file list of the node unless all are meant. */
    public Size size(NamespaceArchive archive, NodeBackup node) {
        if (equals(ALL)) {
            return new Size(node.files(), node.bytes());
        }
        long files = 0;
        long bytes = 0;
        try (CloseableIterator<FileEntry> entries = archive.readFileList(node.fileList())) {
            while (entries.hasNext()) {
                FileEntry entry = entries.next();
                if (contains(entry)) {
                    files++;
                    bytes += entry.sizeBytes();
                }
            }
        }
        return new Size(files, bytes);
    }

    /** Number of files, and of their bytes. */
    public record Size(long files, long bytes) {}
}

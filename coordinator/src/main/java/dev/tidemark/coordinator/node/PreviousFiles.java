package dev.tidemark.coordinator.node;

import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.filelist.FileEntry;
import dev.tidemark.coordinator.archive.filelist.FileListRef;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.node.SnapshotFile;
import java.util.Optional;

/** Walks through a node's file list of the backup before, side by side with the files of its snapshot. Not thread-safe. */
final class PreviousFiles implements AutoCloseable {
    private final CloseableIterator<FileEntry> entries;
    private FileEntry next;

    PreviousFiles(NamespaceArchive archive, Optional<FileListRef> list) {
        this.entries = archive.readFileList(list.orElseGet(() -> new FileListRef(java.util.List.of())));
        advance();
    }

    /**
     * Returns the entry of the same file with the same content.
     *
     * @param file its path is greater than that of every call before
     */
    Optional<FileEntry> find(SnapshotFile file) {
        while (next != null && next.path().compareTo(file.path()) < 0) {
            advance();
        }
        boolean isSame = next != null
                && next.path().equals(file.path())
                && next.sizeBytes() == file.sizeBytes()
                && next.identity().equals(file.identity());
        return isSame ? Optional.of(next) : Optional.empty();
    }

    private void advance() {
        next = entries.hasNext() ? entries.next() : null;
    }

    @Override
    public void close() {
        entries.close();
    }
}

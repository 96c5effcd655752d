package dev.tidemark.coordinator.node;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.filelist.FileEntry;
import dev.tidemark.coordinator.archive.filelist.FileListRef;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.node.SnapshotFile;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Walks through a node's file list of the backup before, side by side with the files of its snapshot. Where that list is
 * damaged it ends, with a note: the files behind are read again. Not thread-safe.
 */
final class PreviousFiles implements AutoCloseable {
    private final CloseableIterator<FileEntry> entries;
    private final Consumer<String> notes;
    private FileEntry next;

    PreviousFiles(NamespaceArchive archive, FileListRef list, Consumer<String> notes) {
        this.entries = archive.readFileList(list);
        this.notes = notes;
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
        try {
            next = entries.hasNext() ? entries.next() : null;
        } catch (CoordinatorException e) {
            if (!isDamage(e.code())) {
                throw e;
            }
            next = null;
            notes.accept("files are read again, the list of the backup before can't be: " + e.getMessage());
        }
    }

    private static boolean isDamage(ErrorCode code) {
        return code == ErrorCode.OBJECT_MISSING
                || code == ErrorCode.OBJECT_DAMAGED
                || code == ErrorCode.MANIFEST_INVALID
                || code == ErrorCode.UNKNOWN_FORMAT_VERSION;
    }

    @Override
    public void close() {
        entries.close();
    }
}

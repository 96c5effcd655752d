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
public final class PreviousFiles implements AutoCloseable {
    private final CloseableIterator<FileEntry> entries;
    private final Consumer<String> notes;
    private FileEntry next;

    /**
     * Begins at the first file of a list.
     *
     * @param list without parts when there is none
     * @param notes is told when the list is damaged
     */
    public PreviousFiles(NamespaceArchive archive, FileListRef list, Consumer<String> notes) {
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
        return find(file.path())
                .filter(entry -> entry.sizeBytes() == file.sizeBytes()
                        && entry.identity().equals(file.identity()));
    }

    /**
     * Returns the entry of the file with this path.
     *
     * @param path greater than that of every call before
     */
    public Optional<FileEntry> find(String path) {
        while (next != null && next.path().compareTo(path) < 0) {
            advance();
        }
        return next != null && next.path().equals(path) ? Optional.of(next) : Optional.empty();
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

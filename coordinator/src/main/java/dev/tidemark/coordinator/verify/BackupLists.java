package dev.tidemark.coordinator.verify;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.filelist.FileEntry;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.archive.manifest.NodeBackup;
import dev.tidemark.coordinator.archive.manifest.StoreBackup;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.ErrorCode;
import java.util.function.Consumer;

/** Streams the file lists of backups; what is wrong with them is noted and never thrown. Not thread-safe. */
final class BackupLists {
    private final NamespaceArchive archive;

    BackupLists(NamespaceArchive archive) {
        this.archive = archive;
    }

    /** Visits every file of a backup, node by node. */
    void forEachFile(BackupFindings backup, Manifest manifest, Consumer<ListedFile> action) {
        for (StoreBackup store : manifest.stores()) {
            for (NodeBackup node : store.nodes()) {
                String place = store.name() + "/" + node.node();
                reporting(backup, "file list of " + place, () -> visit(backup, place, node, action));
            }
        }
    }

    private void visit(BackupFindings backup, String place, NodeBackup node, Consumer<ListedFile> action) {
        long files = 0;
        long bytes = 0;
        try (CloseableIterator<FileEntry> entries = archive.readFileList(node.fileList())) {
            while (entries.hasNext()) {
                FileEntry entry = entries.next();
                files++;
                bytes += entry.sizeBytes();
                action.accept(new ListedFile(place, entry));
            }
        }
        if (files != node.files() || bytes != node.bytes()) {
            backup.addObject(
                    "file list of " + place,
                    files + " files of " + bytes + " bytes (expected: " + node.files() + " of " + node.bytes() + ")");
        }
    }

    /** Runs something whose failure, if it is damage, is damage of the backup. */
    static void reporting(BackupFindings backup, String object, Runnable action) {
        try {
            action.run();
        } catch (CoordinatorException e) {
            requireDamage(e);
            backup.addObject(object, e);
        }
    }

    /** Throws on what says nothing about the archive's content. */
    static void requireDamage(CoordinatorException e) {
        if (!isDamage(e)) {
            throw e;
        }
    }

    /** Tells whether a failure says something about the archive's content. */
    static boolean isDamage(CoordinatorException e) {
        return e.code() == ErrorCode.OBJECT_MISSING
                || e.code() == ErrorCode.OBJECT_DAMAGED
                || e.code() == ErrorCode.MANIFEST_INVALID
                || e.code() == ErrorCode.UNKNOWN_BACKUP
                || e.code() == ErrorCode.UNKNOWN_FORMAT_VERSION;
    }

    /**
     * A file of a backup.
     *
     * @param place store and node
     */
    record ListedFile(String place, FileEntry entry) {
        String name() {
            return place + ": " + entry.path();
        }
    }
}

package dev.tidemark.coordinator.restore;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.chunk.ChunkId;
import dev.tidemark.coordinator.archive.chunk.ChunkIndex;
import dev.tidemark.coordinator.archive.filelist.FileEntry;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.archive.manifest.NodeBackup;
import dev.tidemark.coordinator.archive.manifest.StoreBackup;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.node.FileSelection;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.cluster.TableSelection;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Makes sure, before a restore changes anything, that the archive has all objects that a backup needs with their sizes, and
 * that its file lists are acceptable. What only reading every byte can tell is found when the files are staged. Memory: the
 * index and one part of a file list.
 */
final class BackupCheck {
    private static final int MAX_NAMED = 5;

    private final NamespaceArchive archive;
    private final Manifest manifest;
    private final Function<StoreBackup, TableSelection> selections;
    private final ChunkIndex index;

    /**
     * Creates a check.
     *
     * @param selections what is needed of each store
     */
    BackupCheck(NamespaceArchive archive, Manifest manifest, Function<StoreBackup, TableSelection> selections) {
        this.archive = archive;
        this.manifest = manifest;
        this.selections = selections;
        index = archive.loadIndex();
    }

    void run() {
        for (StoreBackup store : manifest.stores()) {
            FileSelection needed = new FileSelection(selections.apply(store).pathPrefixes());
            for (NodeBackup node : store.nodes()) {
                check(store.name() + "/" + node.node(), node, needed);
            }
        }
    }

    private void check(String place, NodeBackup node, FileSelection needed) {
        long files = 0;
        long bytes = 0;
        try (CloseableIterator<FileEntry> entries = archive.readFileList(node.fileList())) {
            while (entries.hasNext()) {
                FileEntry file = entries.next();
                files++;
                bytes += file.sizeBytes();
                for (ChunkId chunk : needed.contains(file) ? file.chunks() : List.<ChunkId>of()) {
                    if (!index.contains(chunk)) {
                        throw incomplete(place + ": " + file.path(), chunk);
                    }
                }
            }
        }
        if (files != node.files() || bytes != node.bytes()) {
            throw new CoordinatorException(
                    ErrorCode.MANIFEST_INVALID,
                    "the file list of '" + place + "' in backup '" + manifest.backupId() + "' has " + files
                            + " files of " + bytes + " bytes (expected: " + node.files() + " files of " + node.bytes()
                            + " bytes)",
                    "Restore another backup, and verify this one.");
        }
    }

    /** Which pack had the chunk is not known when the index does not say it any more; the packs that are wrong are. */
    private CoordinatorException incomplete(String file, ChunkId chunk) {
        List<String> problems = new ArrayList<>();
        ErrorCode code = ErrorCode.OBJECT_DAMAGED;
        for (ObjectId pack : new TreeSet<>(index.missingPacks())) {
            ObjectKey key = archive.layout().pack(pack);
            boolean isThere = archive.store().head(key).isPresent();
            problems.add("object '" + key + "' " + (isThere ? "has another size than the index says" : "is missing"));
            code = isThere ? code : ErrorCode.OBJECT_MISSING;
        }
        if (problems.isEmpty()) {
            problems.add("no pack has its chunk '" + chunk + "'");
            code = ErrorCode.OBJECT_MISSING;
        }
        String problem = problems.stream().limit(MAX_NAMED).collect(Collectors.joining(", "))
                + (problems.size() > MAX_NAMED ? ", and " + (problems.size() - MAX_NAMED) + " more" : "");
        return new CoordinatorException(
                code,
                "backup '" + manifest.backupId() + "' can't be restored: file '" + file
                        + "' is not complete in the archive: " + problem,
                "Restore another backup, or put the object back from a copy of the archive; 'tidemark verify' lists all"
                        + " damage.");
    }
}

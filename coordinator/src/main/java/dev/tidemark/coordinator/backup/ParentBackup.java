package dev.tidemark.coordinator.backup;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.filelist.FileListRef;
import dev.tidemark.coordinator.archive.manifest.DamagedManifest;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.archive.manifest.NodeBackup;
import dev.tidemark.coordinator.archive.manifest.NodeCut;
import dev.tidemark.coordinator.catalog.BackupList;
import dev.tidemark.coordinator.catalog.BackupSummary;
import dev.tidemark.coordinator.catalog.Catalog;
import dev.tidemark.kvs.ErrorCode;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The backup whose file lists tell which files need no reading. It saves work and decides nothing: where its manifest is
 * damaged or gone, an older backup, or none, does as well, and a note says so.
 */
final class ParentBackup {
    private final Optional<Manifest> manifest;

    private ParentBackup(Optional<Manifest> manifest) {
        this.manifest = manifest;
    }

    /** Returns the id of the newest backup whose manifest can be believed, or the empty string. */
    static String newestId(NamespaceArchive archive, Consumer<String> notes) {
        BackupList backups = new Catalog(archive).list();
        backups.damaged().forEach(damaged -> notes.accept("left out as parent: " + damaged.message()));
        return backups.newest().map(BackupSummary::backupId).orElse("");
    }

    /**
     * Opens the parent.
     *
     * @param backupId its id, or empty when there is none
     */
    static ParentBackup open(NamespaceArchive archive, String backupId, Consumer<String> notes) {
        if (backupId.isEmpty()) {
            return new ParentBackup(Optional.empty());
        }
        try {
            return new ParentBackup(Optional.of(archive.manifests().read(backupId)));
        } catch (CoordinatorException e) {
            if (!DamagedManifest.isMeantBy(e) && e.code() != ErrorCode.UNKNOWN_BACKUP) {
                throw e;
            }
            notes.accept("every file is read, the parent backup can't be used: " + e.getMessage());
            return new ParentBackup(Optional.empty());
        }
    }

    /** Returns the file list of a node; without parts when the parent does not have the node. */
    FileListRef fileList(NodeCut cut) {
        return manifest.flatMap(parent -> parent.stores().stream()
                        .filter(store -> store.name().equals(cut.store()))
                        .flatMap(store -> store.nodes().stream())
                        .filter(node -> node.node().equals(cut.node()))
                        .map(NodeBackup::fileList)
                        .findFirst())
                .orElseGet(() -> new FileListRef(List.of()));
    }
}

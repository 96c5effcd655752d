package dev.tidemark.cli.bench;

import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.filelist.FileListRef;
import dev.tidemark.coordinator.archive.manifest.BackupSizes;
import dev.tidemark.coordinator.archive.manifest.CutCertificate;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.archive.manifest.NodeBackup;
import dev.tidemark.coordinator.archive.manifest.NodeCut;
import dev.tidemark.coordinator.archive.manifest.StoreBackup;
import dev.tidemark.coordinator.archive.manifest.TimePoint;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Manifests of backups that were never taken. */
final class SampleManifest {
    private SampleManifest() {}

    /**
     * Returns the manifest of a backup of one node.
     *
     * @param sequence of the backup in its namespace, from 1; its timestamps follow from it
     * @param list the node's files, each of as many bytes
     */
    static Manifest of(
            NamespaceArchive archive, String id, int sequence, FileListRef list, Instant now, int fileBytes) {
        long bytes = list.entries() * fileBytes;
        long timestamp = 100L * sequence;
        NodeBackup node = new NodeBackup("n1", List.of("all"), list, list.entries(), bytes);
        NodeCut cut = new NodeCut("main", "n1", id, timestamp + 1, timestamp + 2, now, now);
        StoreBackup store = new StoreBackup(
                "main",
                "rocksdb",
                "0",
                1,
                1,
                List.of("bench"),
                Map.of(),
                List.of(new StoreBackup.SchemaFrom(1, 3)),
                Long.MAX_VALUE,
                0,
                Long.MAX_VALUE,
                List.of(node));
        return new Manifest(
                Manifest.FORMAT_VERSION,
                archive.archiveId(),
                archive.namespace(),
                id,
                sequence,
                "tidemark bench",
                now,
                now,
                timestamp - 1,
                timestamp,
                timestamp + 3,
                now,
                new CutCertificate("lease", now, now, 0, 0, true, false, List.of(cut), List.of()),
                List.of(store),
                new BackupSizes(list.entries(), bytes, bytes, bytes, bytes, 0),
                Map.of(),
                "",
                List.of(new TimePoint(now.plusMillis(sequence), timestamp)),
                "",
                List.of(),
                Manifest.NO_NEXT_BACKUP);
    }
}

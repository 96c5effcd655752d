package dev.tidemark.coordinator.archive;

import dev.tidemark.coordinator.archive.chunk.ChunkCounts;
import dev.tidemark.coordinator.archive.chunk.ChunkIndex;
import dev.tidemark.coordinator.archive.chunk.ChunkReader;
import dev.tidemark.coordinator.archive.chunk.ChunkWriter;
import dev.tidemark.coordinator.archive.filelist.FileContents;
import dev.tidemark.coordinator.archive.filelist.FileEntry;
import dev.tidemark.coordinator.archive.filelist.FileListRef;
import dev.tidemark.coordinator.archive.filelist.FileListWriter;
import dev.tidemark.coordinator.archive.key.ArchiveKey;
import dev.tidemark.coordinator.archive.manifest.BackupSizes;
import dev.tidemark.coordinator.archive.manifest.CutCertificate;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.archive.manifest.NodeBackup;
import dev.tidemark.coordinator.archive.manifest.NodeCut;
import dev.tidemark.coordinator.archive.manifest.StoreBackup;
import dev.tidemark.coordinator.archive.manifest.TimePoint;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.node.SnapshotFile;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.channels.Channels;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/** Archives and backups for tests. */
public final class SampleArchive {
    /** Time of everything. */
    public static final Instant NOW = Instant.parse("2026-11-05T10:15:30Z");

    private SampleArchive() {}

    /** Returns seams with seeded randomness, a fixed clock and no threads. */
    public static ArchiveSeams seams(long seed) {
        return new ArchiveSeams(InstantSource.fixed(NOW), new Random(seed), Runnable::run);
    }

    /** Returns the key file of all sample archives. */
    public static ArchiveKey key() {
        byte[] content = new byte[32];
        Arrays.fill(content, (byte) 0x5a);
        return ArchiveKey.keyFile(content);
    }

    /** Creates an archive with one namespace. */
    public static NamespaceArchive create(ObjectStore store, String namespace) {
        return Archive.create(store, key(), seams(1)).createNamespace(namespace);
    }

    /** Opens the namespace again, as another process would. */
    public static NamespaceArchive open(ObjectStore store, String namespace) {
        return Archive.open(store, key(), seams(2)).namespace(namespace);
    }

    /** Writes a backup of one node with these files. */
    public static Manifest backup(NamespaceArchive archive, String backupId, Map<String, byte[]> files) {
        ChunkIndex index = archive.loadIndexForWriting();
        ChunkWriter chunks = archive.chunkWriter(index);
        FileListWriter list = archive.fileListWriter();
        long bytes = 0;
        for (Map.Entry<String, byte[]> file : new TreeMap<>(files).entrySet()) {
            list.add(store(chunks, file.getKey(), file.getValue()));
            bytes += file.getValue().length;
        }
        ChunkCounts counts = chunks.flush();
        FileListRef ref = list.finish();
        archive.inventoryWriter().write(backupId, List.of(ref), archive.loadIndexForWriting(), NOW);
        BackupSizes sizes = new BackupSizes(
                files.size(),
                bytes,
                bytes,
                counts.newRawBytes(),
                counts.newStoredBytes(),
                bytes - counts.newRawBytes());
        Manifest manifest = manifest(archive, backupId, archive.manifests().nextSequence(), ref, sizes);
        archive.manifests().create(manifest);
        return manifest;
    }

    /** Stores one file. */
    public static FileEntry store(ChunkWriter chunks, String path, byte[] content) {
        return FileContents.store(
                chunks,
                new SnapshotFile(path, content.length, "id-" + path),
                Channels.newChannel(new ByteArrayInputStream(content)));
    }

    /** Reads all files of a backup of one node. */
    public static Map<String, byte[]> restore(NamespaceArchive archive, String backupId) {
        Manifest manifest = archive.manifests().read(backupId);
        ChunkReader reader = archive.chunkReader(archive.loadIndex());
        Map<String, byte[]> files = new TreeMap<>();
        FileListRef ref = manifest.stores().get(0).nodes().get(0).fileList();
        try (CloseableIterator<FileEntry> entries = archive.readFileList(ref)) {
            while (entries.hasNext()) {
                FileEntry entry = entries.next();
                ByteArrayOutputStream content = new ByteArrayOutputStream();
                FileContents.copy(reader, entry, Channels.newChannel(content));
                files.put(entry.path(), content.toByteArray());
            }
        }
        return files;
    }

    /** Returns a manifest of one store with one node. */
    public static Manifest manifest(
            NamespaceArchive archive, String backupId, long sequence, FileListRef list, BackupSizes sizes) {
        NodeCut cut = new NodeCut("main", "n1", backupId, 101, 102, NOW, NOW.plusMillis(40));
        StoreBackup store = new StoreBackup(
                "main",
                "rocksdb",
                "11.8.1",
                1,
                1,
                List.of("_transactions", "bank"),
                Map.of("bank", "CREATE TABLE bank"),
                List.of(new StoreBackup.SchemaFrom(1, 1), new StoreBackup.SchemaFrom(50, 3)),
                5_000_000,
                12,
                3_600_000,
                List.of(new NodeBackup("n1", List.of("all"), list, list.entries(), sizes.rawBytes())));
        return new Manifest(
                1,
                archive.archiveId(),
                archive.namespace(),
                backupId,
                sequence,
                "0.1.0",
                NOW,
                NOW.plusSeconds(5),
                90,
                100,
                110,
                NOW.plusMillis(10),
                new CutCertificate(
                        "lease-" + backupId, NOW, NOW.plusMillis(50), 50, 1, true, false, List.of(cut), List.of()),
                List.of(store),
                sizes,
                Map.of("reason", "test"),
                "",
                List.of(new TimePoint(NOW, 95), new TimePoint(NOW.plusSeconds(5), 110)),
                "",
                List.of(),
                Manifest.NO_NEXT_BACKUP);
    }

    /** Returns what another backup with the same content would have as its manifest, if it said when the next one is due. */
    public static Manifest withNextBackupDue(Manifest original, String backupId, Instant due) {
        return new Manifest(
                original.formatVersion(),
                original.archiveId(),
                original.namespace(),
                backupId,
                original.sequence() + 1,
                original.createdBy(),
                original.createdAt(),
                original.finishedAt(),
                original.immutableTimestamp(),
                original.backupTimestamp(),
                original.fastForwardTimestamp(),
                original.timeAtBackupTimestamp(),
                original.cut(),
                original.stores(),
                original.sizes(),
                original.labels(),
                original.parentBackupId(),
                original.timeIndex(),
                original.digest(),
                original.origins(),
                due);
    }

    /** Returns random bytes. */
    public static byte[] randomBytes(long seed, int length) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }
}

package dev.tidemark.coordinator.copy;

import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.chunk.ChunkReader;
import dev.tidemark.coordinator.archive.filelist.FileEntry;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.archive.manifest.NodeBackup;
import dev.tidemark.coordinator.archive.manifest.StoreBackup;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.transfer.BackupSource;
import dev.tidemark.coordinator.transfer.IncomingFile;
import dev.tidemark.coordinator.transfer.SourceReference;
import dev.tidemark.kvs.CloseableIterator;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** Reads a backup from an archive, which it does not change but for a hold on the backup. Memory: the index. Not thread-safe. */
public final class ArchiveSource implements BackupSource {
    private final NamespaceArchive archive;
    private final String name;
    private final Manifest manifest;
    private final String manifestSha256;
    private final Iterator<Node> nodes;
    private final SourceHold hold;
    private ChunkReader reader;
    private Node node;
    private CloseableIterator<FileEntry> entries;

    private ArchiveSource(NamespaceArchive archive, String name, String backupId, SourceHold hold) {
        this.archive = archive;
        this.name = name;
        this.hold = hold;
        manifestSha256 = HexFormat.of().formatHex(sha256(archive.manifests().readSigned(backupId)));
        manifest = archive.manifests().read(backupId);
        List<Node> all = new ArrayList<>();
        for (StoreBackup store : manifest.stores()) {
            store.nodes().forEach(backup -> all.add(new Node(store.name(), backup)));
        }
        nodes = all.iterator();
    }

    /**
     * Opens a backup.
     *
     * @param name configured name of the archive
     * @param backupId its id
     * @param seams for the hold
     * @throws dev.tidemark.coordinator.CoordinatorException {@code UNKNOWN_BACKUP}, {@code MANIFEST_INVALID},
     *     {@code NOT_ALLOWED_NOW} when it is being removed
     */
    public static ArchiveSource open(NamespaceArchive archive, String name, String backupId, EngineSeams seams) {
        SourceHold hold = SourceHold.place(archive, backupId, seams);
        try {
            return new ArchiveSource(archive, name, backupId, hold);
        } catch (RuntimeException | Error e) {
            hold.close();
            throw e;
        }
    }

    @Override
    public Manifest manifest() {
        return manifest;
    }

    @Override
    public String manifestSha256() {
        return manifestSha256;
    }

    @Override
    public SourceReference reference() {
        return new SourceReference(name, "");
    }

    @Override
    public Optional<IncomingFile> nextFile() {
        while (entries == null || !entries.hasNext()) {
            closeEntries();
            if (!nodes.hasNext()) {
                return Optional.empty();
            }
            node = nodes.next();
            entries = archive.readFileList(node.backup.fileList());
        }
        FileEntry entry = entries.next();
        return Optional.of(new IncomingFile(
                node.store,
                node.backup.node(),
                entry.path(),
                entry.sizeBytes(),
                entry.identity(),
                entry.sha256(),
                () -> new ChunkChannel(reader(), entry)));
    }

    /** The index is not needed where the target has everything already. */
    private ChunkReader reader() {
        if (reader == null) {
            reader = archive.chunkReader(archive.loadIndex());
        }
        return reader;
    }

    /** The lists are authentic, and each file was checked. */
    @Override
    public void finish() {}

    @Override
    public void close() {
        closeEntries();
        hold.close();
    }

    private void closeEntries() {
        if (entries != null) {
            entries.close();
            entries = null;
        }
    }

    private static byte[] sha256(byte[] content) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(content);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private record Node(String store, NodeBackup backup) {}
}

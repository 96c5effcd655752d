package dev.tidemark.cli.bench;

import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.chunk.ChunkIndex;
import dev.tidemark.coordinator.archive.chunk.ChunkWriter;
import dev.tidemark.coordinator.archive.filelist.FileContents;
import dev.tidemark.coordinator.archive.filelist.FileEntry;
import dev.tidemark.coordinator.archive.filelist.FileListRef;
import dev.tidemark.coordinator.archive.filelist.FileListWriter;
import dev.tidemark.kvs.node.SnapshotFile;
import java.io.ByteArrayInputStream;
import java.nio.channels.Channels;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Writes many backups of one tiny file into a namespace, one for each hour up to now. */
final class ManyBackups {
    private static final String FILE = "data/00000001.sst";

    private final NamespaceArchive archive;

    ManyBackups(NamespaceArchive archive) {
        this.archive = archive;
    }

    void write(int backups, Instant now) {
        ChunkIndex index = archive.loadIndexForWriting();
        ChunkWriter chunks = archive.chunks().writer(index, 1);
        byte[] content = new byte[32];
        FileEntry entry = FileContents.store(
                chunks,
                new SnapshotFile(FILE, content.length, FILE),
                Channels.newChannel(new ByteArrayInputStream(content)));
        chunks.flush();
        for (int i = 1; i <= backups; i++) {
            Instant at = now.minus(Duration.ofHours(backups - i));
            FileListWriter files = archive.fileListWriter();
            files.add(entry);
            FileListRef list = files.finish();
            String id = "b-" + i;
            archive.inventoryWriter().write(id, List.of(list), index, at);
            archive.manifests().create(SampleManifest.of(archive, id, i, list, at, content.length));
            archive.manifests().copy(id);
        }
    }
}

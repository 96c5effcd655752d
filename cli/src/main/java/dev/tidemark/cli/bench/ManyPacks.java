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
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Writes backups whose every file has a pack of its own: as many objects as an archive of many terabytes has, in little room. The last
 * tenth of the packs is named by no backup, as a backup that failed leaves them.
 */
final class ManyPacks {
    /** Files of one backup. */
    static final int FILES = 50_000;

    private static final int FILE_BYTES = 32;

    private final NamespaceArchive archive;
    private final Instant now;
    private final SplittableRandom random;

    /**
     * Prepares the backups of one namespace.
     *
     * @param now time of everything
     */
    ManyPacks(NamespaceArchive archive, Instant now, long seed) {
        this.archive = archive;
        this.now = now;
        this.random = new SplittableRandom(seed);
    }

    /** Writes that many packs; returns how many of them no backup needs. */
    int write(int packs, BenchmarkProgress progress) {
        ChunkIndex index = archive.loadIndexForWriting();
        ChunkWriter chunks = archive.chunks().writer(index, 1);
        int unneeded = packs / 10;
        int needed = packs - unneeded;
        for (int first = 0; first < needed; first += FILES) {
            progress.begins("making an archive: pack " + (first + 1) + " of " + packs);
            backUp("b-" + (first / FILES + 1), first, Math.min(needed, first + FILES), chunks, index);
        }
        for (int number = needed; number < packs; number++) {
            store(number, chunks);
        }
        chunks.flush();
        return unneeded;
    }

    private void backUp(String id, int from, int to, ChunkWriter chunks, ChunkIndex index) {
        FileListWriter files = archive.fileListWriter();
        for (int number = from; number < to; number++) {
            files.add(store(number, chunks));
        }
        chunks.flush();
        FileListRef list = files.finish();
        archive.inventoryWriter().write(id, List.of(list), index, now);
        archive.manifests().create(SampleManifest.of(archive, id, from / FILES + 1, list, now, FILE_BYTES));
        archive.manifests().copy(id);
    }

    private FileEntry store(int number, ChunkWriter chunks) {
        byte[] content = new byte[FILE_BYTES];
        random.nextBytes(content);
        String path = String.format(Locale.ROOT, "data/%08d.sst", number);
        return FileContents.store(
                chunks,
                new SnapshotFile(path, content.length, path),
                Channels.newChannel(new ByteArrayInputStream(content)));
    }
}

package dev.tidemark.coordinator.archive;

import dev.tidemark.coordinator.archive.chunk.ChunkIndex;
import dev.tidemark.coordinator.archive.chunk.ChunkReader;
import dev.tidemark.coordinator.archive.chunk.ChunkWriter;
import dev.tidemark.coordinator.archive.filelist.FileContents;
import dev.tidemark.coordinator.archive.filelist.FileEntry;
import dev.tidemark.coordinator.archive.filelist.FileListRef;
import dev.tidemark.coordinator.archive.filelist.FileListWriter;
import dev.tidemark.coordinator.archive.filesystem.FilesystemObjectStore;
import dev.tidemark.coordinator.archive.manifest.BackupSizes;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.coordinator.verify.ArchiveVerifier;
import dev.tidemark.coordinator.verify.VerificationLevel;
import dev.tidemark.coordinator.verify.VerificationReport;
import dev.tidemark.kvs.CloseableIterator;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;

/** A program of its own: writes and reads large backups, to be run with a small heap. */
public final class LargeArchive {
    static final int SMALL_FILES = 100_000;
    static final int LIST_FILES = 1_000_000;
    private static final int SMALL_FILE_BYTES = 4096;

    private final NamespaceArchive small;
    private final NamespaceArchive large;
    private final PrintStream out;

    private LargeArchive(ObjectStore store, PrintStream out) {
        Archive archive = Archive.create(store, SampleArchive.key(), SampleArchive.seams(1));
        small = archive.createNamespace("small");
        large = archive.createNamespace("large");
        this.out = out;
    }

    /** Runs in the directory that is given. */
    public static void main(String[] arguments) {
        ObjectStore store = FilesystemObjectStore.open(Path.of(arguments[0]), new Random(1));
        LargeArchive program = new LargeArchive(store, System.out);
        program.smallFiles();
        program.longList();
        program.out.println("done");
    }

    /** 100,000 files of 4 KiB: few objects, and every file comes back. */
    private void smallFiles() {
        ChunkWriter chunks = small.chunkWriter(small.loadIndex());
        FileListWriter list = small.fileListWriter();
        for (int i = 0; i < SMALL_FILES; i++) {
            list.add(SampleArchive.store(chunks, path(i), content(i)));
        }
        chunks.flush();
        FileListRef ref = list.finish();
        int[] objects = {0};
        small.forEachKey("", key -> objects[0]++);
        require(objects[0] < 100, objects[0] + " objects for " + SMALL_FILES + " files");
        ChunkReader reader = small.chunkReader(small.loadIndex());
        int files = 0;
        try (CloseableIterator<FileEntry> entries = small.readFileList(ref)) {
            while (entries.hasNext()) {
                ByteArrayOutputStream copy = new ByteArrayOutputStream(SMALL_FILE_BYTES);
                FileContents.copy(reader, entries.next(), Channels.newChannel(copy));
                files++;
            }
        }
        require(files == SMALL_FILES, files + " files");
        out.println("small files: " + files + ", objects: " + objects[0]);
    }

    /** 1,000,000 files of 8 bytes, each a chunk of its own. */
    private void longList() {
        ChunkWriter chunks = large.chunkWriter(large.loadIndex());
        FileListWriter list = large.fileListWriter();
        for (int i = 0; i < LIST_FILES; i++) {
            byte[] content = ByteBuffer.allocate(8).putLong(i).array();
            list.add(SampleArchive.store(chunks, path(i), content));
        }
        chunks.flush();
        FileListRef ref = list.finish();
        BackupSizes sizes = new BackupSizes(LIST_FILES, 8L * LIST_FILES, 0, 0, 0, 0);
        large.manifests().create(SampleArchive.manifest(large, "b-1", 1, ref, sizes));
        ChunkIndex index = large.loadIndexForWriting();
        large.inventoryWriter().write("b-1", List.of(ref), index, SampleArchive.NOW);
        require(index.chunks() == LIST_FILES, index.chunks() + " chunks");
        VerificationReport report =
                new ArchiveVerifier(large, VerificationLevel.EXISTENCE, (done, total) -> {}).verify(List.of("b-1"));
        require(report.isGood() && report.backups().get(0).files() == LIST_FILES, report.toString());
        out.println("long list: " + LIST_FILES + " files, " + index.packs() + " packs");
    }

    private static String path(int number) {
        return String.format("data/%03d/%07d.sst", number / 10_000, number);
    }

    private static byte[] content(int number) {
        byte[] content = new byte[SMALL_FILE_BYTES];
        new SplittableRandom(number).nextBytes(content);
        return content;
    }

    private static void require(boolean isMet, String found) {
        if (!isMet) {
            throw new IllegalStateException("unexpected: " + found);
        }
    }
}

package dev.tidemark.coordinator.exchange;

import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.SampleArchive;
import dev.tidemark.coordinator.archive.chunk.ChunkCounts;
import dev.tidemark.coordinator.archive.chunk.ChunkWriter;
import dev.tidemark.coordinator.archive.filelist.FileListRef;
import dev.tidemark.coordinator.archive.filelist.FileListWriter;
import dev.tidemark.coordinator.archive.filesystem.FilesystemObjectStore;
import dev.tidemark.coordinator.archive.manifest.BackupSizes;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.transfer.TransferReport;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * Exports, imports and copies a backup of more bytes than the heap has, of large files and small ones. The argument is a
 * working directory.
 */
public final class ExchangeMemoryProcess {
    private static final int LARGE_BYTES = 16 << 20;
    private static final int SMALL_FILES = 6_000;
    private static final int FILES = 22;

    private ExchangeMemoryProcess() {}

    /** Runs it. */
    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[0]);
        Exports exports = new Exports();
        Archive source = archive(directory.resolve("source"), 1);
        write(source.createNamespace(Exports.NAMESPACE));
        Path file = directory.resolve("export.tar");
        ExportReport exported = ExportFile.write(file, target -> new BackupExport(
                        source.namespace(Exports.NAMESPACE),
                        source.header().verifyingKey(),
                        (bytes, total, files) -> {})
                .write("b-1", target));
        require(exported.rawBytes() > 128L << 20, exported.toString());
        Archive imported = archive(directory.resolve("imported"), 2);
        ExportSource stream = ExportSource.open(
                new BufferedInputStream(Files.newInputStream(file)), file.toString(), TrustedKeys.any());
        TransferReport importing =
                exports.transfers(imported, source).importBackup(Exports.NAMESPACE, stream, "", OperationListener.NONE);
        require(importing.rawBytes() == exported.rawBytes(), importing.toString());
        Files.delete(file);
        Archive copied = archive(directory.resolve("copied"), 3);
        TransferReport copy =
                exports.transfers(copied, imported).copy(Exports.NAMESPACE, "main", "b-1", OperationListener.NONE);
        require(copy.rawBytes() == exported.rawBytes() && copy.files() == exported.files(), copy.toString());
        System.out.println("done");
    }

    private static Archive archive(Path directory, long seed) {
        return Archive.create(
                FilesystemObjectStore.open(directory, new Random(seed)),
                SampleArchive.key(),
                SampleArchive.seams(seed));
    }

    private static void write(NamespaceArchive archive) {
        ChunkWriter chunks = archive.chunkWriter(archive.loadIndexForWriting());
        FileListWriter list = archive.fileListWriter();
        SplittableRandom random = new SplittableRandom(1);
        long bytes = 0;
        byte[] content = new byte[4 << 20];
        for (int i = 0; i < FILES; i++) {
            random.nextBytes(content);
            list.add(SampleArchive.store(chunks, String.format("data/%03d.sst", i), content));
            bytes += content.length;
        }
        list.add(SampleArchive.store(chunks, "large.sst", new byte[LARGE_BYTES]));
        bytes += LARGE_BYTES;
        byte[] small = new byte[5_000];
        for (int i = 0; i < SMALL_FILES; i++) {
            random.nextBytes(small);
            list.add(SampleArchive.store(chunks, String.format("small/%05d", i), small));
            bytes += small.length;
        }
        ChunkCounts counts = chunks.flush();
        FileListRef ref = list.finish();
        BackupSizes sizes =
                new BackupSizes(ref.entries(), bytes, bytes, counts.newRawBytes(), counts.newStoredBytes(), 0);
        archive.inventoryWriter().write("b-1", List.of(ref), archive.loadIndexForWriting(), SampleArchive.NOW);
        archive.manifests().create(SampleArchive.manifest(archive, "b-1", 1, ref, sizes));
    }

    private static void require(boolean isMet, String found) {
        if (!isMet) {
            throw new IllegalStateException("unexpected: " + found);
        }
    }
}

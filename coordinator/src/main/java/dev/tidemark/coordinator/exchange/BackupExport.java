package dev.tidemark.coordinator.exchange;

import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.chunk.ChunkReader;
import dev.tidemark.coordinator.archive.filelist.FileContents;
import dev.tidemark.coordinator.archive.format.Base64Text;
import dev.tidemark.coordinator.archive.format.StrictJson;
import dev.tidemark.coordinator.archive.key.VerifyingKey;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Writes one backup as one stream. Reads only; every file is checked against its SHA-256 while it is written, and the first one that
 * is damaged ends the export: the stream then has neither sums nor signature.
 *
 * <p>Memory: the index, one stretch of a file list, two chunks. The lists are read a second time for the sums at the end. One for each
 * export; not thread-safe.
 */
public final class BackupExport {
    private final NamespaceArchive archive;
    private final VerifyingKey publicKey;
    private final Progress progress;

    /**
     * Prepares an export.
     *
     * @param publicKey that of the archive
     */
    public BackupExport(NamespaceArchive archive, VerifyingKey publicKey, Progress progress) {
        this.archive = archive;
        this.publicKey = publicKey;
        this.progress = progress;
    }

    /**
     * Writes the backup.
     *
     * @param target not closed; what it got is no export before this method returns
     * @throws dev.tidemark.coordinator.CoordinatorException {@code UNKNOWN_BACKUP}, {@code MANIFEST_INVALID},
     *     {@code OBJECT_MISSING} and {@code OBJECT_DAMAGED} as a restore, {@code DISK_FULL} or {@code INVALID_INPUT} when the
     *     target does not take it
     */
    public ExportReport write(String backupId, OutputStream target) {
        byte[] signed = archive.manifests().readSigned(backupId);
        Manifest manifest = archive.manifests().read(backupId);
        byte[] header = StrictJson.encode(new ExportFormat.Header(
                ExportFormat.VERSION,
                archive.archiveId(),
                archive.namespace(),
                backupId,
                Base64Text.encode(publicKey.encoded())));
        Counted counted = new Counted(target);
        TarWriter tar = new TarWriter(counted, ExportFormat.seconds(manifest.timeAtBackupTimestamp()));
        tar.entry(ExportFormat.HEADER, header);
        tar.entry(ExportFormat.MANIFEST, signed);
        writeFiles(manifest, tar);
        String sumsSha256 = writeSums(manifest, header, signed, tar);
        ExportFormat.Seal seal = new ExportFormat.Seal(
                ExportFormat.VERSION, archive.archiveId(), archive.namespace(), backupId, sumsSha256);
        tar.entry(ExportFormat.SIGNATURE, archive.manifests().signExport(backupId, StrictJson.encode(seal)));
        tar.finish();
        return new ExportReport(
                archive.namespace(),
                backupId,
                archive.archiveId(),
                manifest.backupTimestamp(),
                manifest.timeAtBackupTimestamp(),
                manifest.sizes().files(),
                manifest.sizes().rawBytes(),
                counted.bytes,
                HexFormat.of().formatHex(counted.getMessageDigest().digest()));
    }

    private void writeFiles(Manifest manifest, TarWriter tar) {
        ChunkReader reader = archive.chunkReader(archive.loadIndex());
        long bytes = 0;
        long files = 0;
        try (ExportBatches batches = new ExportBatches(archive, manifest)) {
            for (Optional<ExportBatches.Batch> next = batches.next(); next.isPresent(); next = batches.next()) {
                tar.entry(next.get().name(), next.get().list());
                for (ExportBatches.Item item : next.get().items()) {
                    long size = item.line().sizeBytes();
                    tar.begin(item.line().name(), size);
                    FileContents.copy(reader, item.entry(), tar.content());
                    tar.end(size);
                    bytes += size;
                    files++;
                    progress.exported(bytes, manifest.sizes().rawBytes(), files);
                }
            }
        }
    }

    /** The length of an entry stands before it: the sums are made twice, and kept by nobody. */
    private String writeSums(Manifest manifest, byte[] header, byte[] signed, TarWriter tar) {
        MessageDigest sha256 = ExportFormat.sha256();
        long[] size = {0};
        forEachSum(manifest, header, signed, line -> size[0] += line.length);
        tar.begin(ExportFormat.SUMS, size[0]);
        forEachSum(manifest, header, signed, line -> {
            sha256.update(line);
            tar.write(line);
        });
        tar.end(size[0]);
        return HexFormat.of().formatHex(sha256.digest());
    }

    private void forEachSum(Manifest manifest, byte[] header, byte[] signed, Consumer<byte[]> action) {
        action.accept(ExportFormat.sumLine(ExportFormat.sha256(header), ExportFormat.HEADER));
        action.accept(ExportFormat.sumLine(ExportFormat.sha256(signed), ExportFormat.MANIFEST));
        try (ExportBatches batches = new ExportBatches(archive, manifest)) {
            for (Optional<ExportBatches.Batch> next = batches.next(); next.isPresent(); next = batches.next()) {
                ExportBatches.Batch batch = next.get();
                action.accept(ExportFormat.sumLine(ExportFormat.sha256(batch.list()), batch.name()));
                batch.items()
                        .forEach(item -> action.accept(ExportFormat.sumLine(
                                item.line().sha256(), item.line().name())));
            }
        }
    }

    /** Is told how far an export has got. */
    @FunctionalInterface
    public interface Progress {
        /** Receives the bytes and files that were written, and the bytes of all files. */
        void exported(long bytes, long totalBytes, long files);
    }

    private static final class Counted extends DigestOutputStream {
        private long bytes;

        private Counted(OutputStream target) {
            super(target, ExportFormat.sha256());
        }

        @Override
        public void write(byte[] content, int offset, int length) throws IOException {
            super.write(content, offset, length);
            bytes += length;
        }
    }
}

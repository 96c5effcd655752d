package dev.tidemark.coordinator.exchange;

import dev.tidemark.coordinator.archive.Archive;
import dev.tidemark.coordinator.archive.SampleArchive;
import dev.tidemark.coordinator.archive.object.InMemoryObjectStore;
import dev.tidemark.coordinator.engine.Transfers;
import dev.tidemark.coordinator.operation.EngineOptions;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.operation.VirtualTime;
import dev.tidemark.coordinator.transfer.IncomingFile;
import dev.tidemark.coordinator.transfer.TransferReport;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/** Archives in memory, exports of them and imports into them, on one thread in virtual time. */
public final class Exports {
    public static final String NAMESPACE = "orders/eu";

    public final VirtualTime time = new VirtualTime();
    private final Random random = new Random(7);

    /** Creates an archive with keys of its own. */
    public Archive archive(InMemoryObjectStore objects, long seed) {
        return Archive.create(objects, SampleArchive.key(), SampleArchive.seams(seed));
    }

    /** Returns what takes over into an archive, as a process of its own. */
    public Transfers transfers(Archive target, Archive source) {
        EngineSeams seams = new EngineSeams(time, time, time, time.process(), Runnable::run, random, "test");
        return new Transfers(target, name -> source, EngineOptions.DEFAULT, seams);
    }

    /** Exports a backup. */
    public static byte[] export(Archive archive, String backupId) {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        new BackupExport(
                        archive.namespace(NAMESPACE), archive.header().verifyingKey(), (bytes, totalBytes, files) -> {})
                .write(backupId, stream);
        return stream.toByteArray();
    }

    /** Opens an export, believing its key. */
    public static ExportSource open(byte[] export) {
        return ExportSource.open(new ByteArrayInputStream(export), "-", TrustedKeys.any());
    }

    /** Imports an export. */
    public TransferReport importInto(Archive target, byte[] export) {
        return transfers(target, null).importBackup(NAMESPACE, open(export), "", OperationListener.NONE);
    }

    /** Reads a whole export and returns its files, when it is authentic from end to end. */
    public static Map<String, byte[]> files(byte[] export) {
        Map<String, byte[]> files = new TreeMap<>();
        try (ExportSource source = open(export)) {
            for (Optional<IncomingFile> file = source.nextFile(); file.isPresent(); file = source.nextFile()) {
                files.put(
                        file.get().path(),
                        Channels.newInputStream(file.get().content().get()).readAllBytes());
            }
            source.finish();
            return files;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

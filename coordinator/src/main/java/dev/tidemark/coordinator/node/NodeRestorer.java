package dev.tidemark.coordinator.node;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.chunk.ChunkIndex;
import dev.tidemark.coordinator.archive.chunk.ChunkReader;
import dev.tidemark.coordinator.archive.filelist.FileContents;
import dev.tidemark.coordinator.archive.filelist.FileEntry;
import dev.tidemark.coordinator.operation.ParallelWork;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.node.StagingArea;
import dev.tidemark.kvs.node.StagingArea.StagedFile;
import dev.tidemark.kvs.node.StoreNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stages the files of nodes from the archive. A file gets its name in the staging area only after its size and its SHA-256
 * were found right, so what a resumed restore finds there needs no second look.
 *
 * <p>Each worker has one reader of chunks, and takes files that are neighbours in the list: those were stored one after the
 * other, so that many small files cost one request.
 */
public final class NodeRestorer {
    private static final Logger LOG = LoggerFactory.getLogger(NodeRestorer.class);
    private static final int BATCH_FILES = 256;

    /** How often the files of a node are looked at; each time those that a disk has damaged are staged again. */
    private static final int MAX_ATTEMPTS = 3;

    /** A worker takes that many files, or so many bytes, in a row, so that its reader can read ahead. */
    private static final int RUN_FILES = 32;

    private static final long RUN_BYTES = 8L << 20;

    /** More workers than processors, because each waits for the node's disk at the end of a file. */
    private static final int WAITING_WORKERS = 2;

    private final NamespaceArchive archive;
    private final ParallelWork work;
    private final ChunkIndex index;

    /** Creates a restorer; reads the index of the namespace. */
    public NodeRestorer(NamespaceArchive archive, ParallelWork work) {
        this.archive = archive;
        this.work = work.withMore(WAITING_WORKERS);
        this.index = archive.loadIndex();
        index.problems().forEach(problem -> LOG.warn("the archive is damaged: {}", problem.message()));
    }

    /**
     * Stages the files of one node that are not staged yet, makes them durable, and lets the node look at them.
     *
     * @param sources the backed-up nodes whose files it gets
     * @throws CoordinatorException {@link ErrorCode#OBJECT_MISSING} or {@link ErrorCode#OBJECT_DAMAGED} when the archive does
     *     not have what a file list names
     */
    public void stage(StoreNode target, RestoreId restore, List<StagedSource> sources, Progress progress) {
        for (int attempt = 1; ; attempt++) {
            stageMissing(target, restore, sources, progress);
            try {
                target.verifyStaged(restore);
                return;
            } catch (KeyValueStoreException e) {
                if (e.code() != ErrorCode.NOT_ALLOWED_NOW || attempt == MAX_ATTEMPTS) {
                    throw e;
                }
                LOG.warn("staging again on node {}: {}", target.id(), e.getMessage());
            }
        }
    }

    private void stageMissing(StoreNode target, RestoreId restore, List<StagedSource> sources, Progress progress) {
        StagingArea staging = target.stage(
                restore,
                sources.stream().mapToLong(source -> size(source).bytes()).sum());
        Map<String, Long> staged = staging.files();
        AtomicLong bytes = new AtomicLong();
        AtomicLong files = new AtomicLong();
        for (StagedSource source : sources) {
            long bytesBefore = bytes.get();
            long filesBefore = files.get();
            stage(source, staging, staged, size -> progress.staged(bytes.addAndGet(size), files.incrementAndGet()));
            requireAll(source, files.get() - filesBefore, bytes.get() - bytesBefore);
        }
        staging.sync();
    }

    private void stage(StagedSource source, StagingArea staging, Map<String, Long> staged, LongConsumer done) {
        Queue<ChunkReader> readers = new ConcurrentLinkedQueue<>();
        try (CloseableIterator<FileEntry> entries =
                archive.readFileList(source.node().fileList())) {
            while (entries.hasNext()) {
                work.run(nextRuns(entries, source.files()), run -> {
                    ChunkReader reader = readers.poll();
                    reader = reader == null ? archive.chunkReader(index) : reader;
                    for (FileEntry entry : run) {
                        String path = source.pathPrefix() + entry.path();
                        if (!Long.valueOf(entry.sizeBytes()).equals(staged.get(path))) {
                            stageFile(staging, path, entry, reader);
                        }
                        done.accept(entry.sizeBytes());
                    }
                    readers.add(reader);
                });
            }
        }
    }

    private FileSelection.Size size(StagedSource source) {
        return source.files().size(archive, source.node());
    }

    private void requireAll(StagedSource source, long files, long bytes) {
        FileSelection.Size expected = size(source);
        if (files != expected.files() || bytes != expected.bytes()) {
            throw new CoordinatorException(
                    ErrorCode.MANIFEST_INVALID,
                    "the file list of node '" + source.node().node() + "' has " + files + " files of " + bytes
                            + " bytes (expected: " + expected.files() + " files of " + expected.bytes()
                            + " bytes)",
                    "Restore another backup, and verify this one.");
        }
    }

    private static List<List<FileEntry>> nextRuns(CloseableIterator<FileEntry> entries, FileSelection selection) {
        List<List<FileEntry>> runs = new ArrayList<>();
        int count = 0;
        while (entries.hasNext() && count < BATCH_FILES) {
            List<FileEntry> run = new ArrayList<>();
            long runBytes = 0;
            while (entries.hasNext() && count < BATCH_FILES && run.size() < RUN_FILES && runBytes < RUN_BYTES) {
                FileEntry entry = entries.next();
                count++;
                if (selection.contains(entry)) {
                    run.add(entry);
                    runBytes += entry.sizeBytes();
                }
            }
            if (!run.isEmpty()) {
                runs.add(run);
            }
        }
        return runs;
    }

    private static void stageFile(StagingArea staging, String path, FileEntry entry, ChunkReader reader) {
        try (StagedFile file = staging.create(path)) {
            FileContents.copy(reader, entry, file);
            file.commit();
        }
    }

    /** Is told how far the staging has got; called from the workers. */
    @FunctionalInterface
    public interface Progress {
        /** Receives the number of bytes and files of the node that are staged. */
        void staged(long bytes, long files);
    }
}

package dev.tidemark.coordinator.node;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.chunk.ChunkCounts;
import dev.tidemark.coordinator.archive.chunk.ChunkIndex;
import dev.tidemark.coordinator.archive.chunk.ChunkWriter;
import dev.tidemark.coordinator.archive.filelist.FileContents;
import dev.tidemark.coordinator.archive.filelist.FileEntry;
import dev.tidemark.coordinator.archive.filelist.FileListRef;
import dev.tidemark.coordinator.archive.filelist.FileListWriter;
import dev.tidemark.coordinator.operation.ParallelWork;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.node.SnapshotFile;
import dev.tidemark.kvs.node.SnapshotTag;
import dev.tidemark.kvs.node.StoreNode;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Copies the snapshots of nodes into the archive.
 *
 * <p>A file is not read when the node's file list in the backup before has the same path, size and identity, and the archive
 * still has every chunk of it: the index was loaded in this run, and counts only packs that were listed in this run. All else
 * is read, cut into chunks and stored where the archive does not have them.
 *
 * <p>The list is written in parts. A part is written after the chunks that it names are durable, and is recorded in the
 * journal; a resumed copy goes on after the last recorded path. Both lists are ordered by path, so comparing them takes no
 * memory.
 */
public final class SnapshotUploader {
    private static final int BATCH_FILES = 256;
    private static final long BATCH_BYTES = 64L << 20;

    private final NamespaceArchive archive;
    private final ParallelWork work;
    private final Consumer<String> notes;
    private final PartSize smallestPart;
    private final ChunkIndex index;

    /**
     * Creates an uploader; lists the packs of the namespace, reads its index, and completes it where index objects are lost. To be
     * called under the namespace's lock.
     *
     * @param notes is told of fallbacks, one sentence each
     */
    public SnapshotUploader(NamespaceArchive archive, ParallelWork work, Consumer<String> notes) {
        this(archive, work, notes, PartSize.SMALLEST);
    }

    SnapshotUploader(NamespaceArchive archive, ParallelWork work, Consumer<String> notes, PartSize smallestPart) {
        this.archive = archive;
        this.work = work;
        this.notes = notes;
        this.smallestPart = smallestPart;
        this.index = archive.loadAndCompleteIndex();
        index.problems().forEach(problem -> notes.accept("the archive is damaged: " + problem.message()));
        if (!index.adoptedPacks().isEmpty()) {
            notes.accept(index.adoptedPacks().size() + " packs were not in the index and were added to it");
        }
    }

    /**
     * Copies what is left of one node's snapshot.
     *
     * @param copy how far it has got
     * @param previous the node's file list in the backup before, if there is one
     * @param save makes progress durable; called some hundred times at most, however large the snapshot is
     * @param progress is told how far this node has got
     * @return the finished copy
     */
    public NodeCopy upload(
            NodeSnapshot snapshot,
            NodeCopy copy,
            Optional<FileListRef> previous,
            Consumer<NodeCopy> save,
            Progress progress) {
        if (copy.isDone()) {
            return copy;
        }
        NodeCopy current = copy;
        try (CloseableIterator<SnapshotFile> files = snapshot.node().files(snapshot.tag(), copy.lastPath());
                PreviousFiles known = new PreviousFiles(archive, previous, notes)) {
            while (files.hasNext()) {
                current = uploadPart(snapshot, current, files, known, progress);
                save.accept(current);
            }
        }
        return current.done();
    }

    /** Entries wait in memory until their chunks are durable, which they are made in stretches of the smallest part. */
    private NodeCopy uploadPart(
            NodeSnapshot snapshot,
            NodeCopy copy,
            CloseableIterator<SnapshotFile> files,
            PreviousFiles known,
            Progress progress) {
        PartSize size = smallestPart.forSnapshot(snapshot);
        ChunkWriter chunks = archive.chunkWriter(index);
        FileListWriter list = archive.fileListWriter();
        AtomicLong readBytes = new AtomicLong();
        long partFiles = 0;
        long partBytes = 0;
        long waitingBytes = 0;
        List<FileEntry> waiting = new ArrayList<>();
        while (files.hasNext() && !size.isReached(partFiles, partBytes)) {
            List<FileEntry> stored = storeBatch(snapshot, nextBatch(files), known, chunks, readBytes);
            long storedBytes = stored.stream().mapToLong(FileEntry::sizeBytes).sum();
            waiting.addAll(stored);
            waitingBytes += storedBytes;
            partFiles += stored.size();
            partBytes += storedBytes;
            if (smallestPart.isReached(waiting.size(), waitingBytes)) {
                chunks.flush();
                waiting.forEach(list::add);
                waiting.clear();
                waitingBytes = 0;
            }
            progress.copied(copy.rawBytes() + partBytes, copy.files() + partFiles);
        }
        ChunkCounts counts = chunks.flush();
        waiting.forEach(list::add);
        return copy.with(list.finish(), partBytes, readBytes.get(), counts.newRawBytes(), counts.newStoredBytes());
    }

    private static List<SnapshotFile> nextBatch(CloseableIterator<SnapshotFile> files) {
        List<SnapshotFile> batch = new ArrayList<>();
        long bytes = 0;
        while (files.hasNext() && batch.size() < BATCH_FILES && bytes < BATCH_BYTES) {
            SnapshotFile file = files.next();
            batch.add(file);
            bytes += file.sizeBytes();
        }
        return batch;
    }

    private List<FileEntry> storeBatch(
            NodeSnapshot snapshot,
            List<SnapshotFile> batch,
            PreviousFiles known,
            ChunkWriter chunks,
            AtomicLong readBytes) {
        List<FileEntry> entries = new ArrayList<>(Collections.nCopies(batch.size(), null));
        List<Integer> toRead = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            Optional<FileEntry> same = known.find(batch.get(i)).filter(this::isStored);
            if (same.isPresent()) {
                entries.set(i, same.get());
            } else {
                toRead.add(i);
            }
        }
        work.run(toRead, i -> {
            FileEntry entry = read(snapshot.node(), snapshot.tag(), batch.get(i), chunks);
            readBytes.addAndGet(entry.sizeBytes());
            entries.set(i, entry);
        });
        return entries;
    }

    private boolean isStored(FileEntry file) {
        return file.chunks().stream().allMatch(index::contains);
    }

    private static FileEntry read(StoreNode node, SnapshotTag tag, SnapshotFile file, ChunkWriter chunks) {
        try (ReadableByteChannel content = node.open(tag, file.path())) {
            return FileContents.store(chunks, file, content);
        } catch (IOException e) {
            throw new CoordinatorException(
                    ErrorCode.SNAPSHOT_FAILED,
                    "file '" + file.path() + "' of snapshot '" + tag + "' on node '" + node.id() + "' can't be read",
                    "Check the node's disk, then run the backup again.",
                    e);
        }
    }

    /** Is told how far the copy of a node has got, after each batch of files. */
    @FunctionalInterface
    public interface Progress {
        /** Receives the number of bytes and files of the node that were dealt with; throws to stop the copy. */
        void copied(long bytes, long files);
    }
}

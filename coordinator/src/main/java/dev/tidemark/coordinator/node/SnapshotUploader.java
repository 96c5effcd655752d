package dev.tidemark.coordinator.node;

import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.chunk.ChunkCounts;
import dev.tidemark.coordinator.archive.chunk.ChunkIndex;
import dev.tidemark.coordinator.archive.chunk.ChunkWriter;
import dev.tidemark.coordinator.archive.filelist.FileEntry;
import dev.tidemark.coordinator.archive.filelist.FileListRef;
import dev.tidemark.coordinator.archive.filelist.FileListWriter;
import dev.tidemark.coordinator.archive.filelist.FilePieces;
import dev.tidemark.coordinator.node.PieceQueue.Piece;
import dev.tidemark.coordinator.operation.ParallelWork;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.node.SnapshotFile;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
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
    /** How many files that need not be read are passed before the progress is told. */
    private static final int KNOWN_FILES = 256;

    /** As many packs as can be under way at a time without anybody having to wait for memory. */
    private static final int WAITING_WORKERS = 2;

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
        this(archive, work, notes, smallestPart, archive.loadAndCompleteIndex());
        if (!index.adoptedPacks().isEmpty()) {
            notes.accept(index.adoptedPacks().size() + " packs were not in the index and were added to it");
        }
    }

    /**
     * Creates an uploader that works while others copy other nodes for the same operation: packs that are in no index yet may be
     * theirs, and are left to them. To be called after the holder of the namespace's lock has completed the index.
     *
     * @param notes is told of fallbacks, one sentence each
     */
    public static SnapshotUploader besideOthers(NamespaceArchive archive, ParallelWork work, Consumer<String> notes) {
        return new SnapshotUploader(archive, work, notes, PartSize.SMALLEST, archive.loadIndexForWriting());
    }

    private SnapshotUploader(
            NamespaceArchive archive,
            ParallelWork work,
            Consumer<String> notes,
            PartSize smallestPart,
            ChunkIndex index) {
        this.archive = archive;
        this.work = work;
        this.notes = notes;
        this.smallestPart = smallestPart;
        this.index = index;
        index.problems().forEach(problem -> notes.accept("the archive is damaged: " + problem.message()));
    }

    /**
     * Copies what is left of one node's snapshot.
     *
     * @param copy how far it has got
     * @param previous the node's file list in the backup before; without parts when there is none
     * @param save makes progress durable; called some hundred times at most, however large the snapshot is
     * @param progress is told how far this node has got
     * @return the finished copy
     */
    public NodeCopy upload(
            NodeSnapshot snapshot, NodeCopy copy, FileListRef previous, Consumer<NodeCopy> save, Progress progress) {
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
        Stretch stretch = new Stretch(snapshot, chunks, new Done(copy, progress));
        long partFiles = 0;
        long partBytes = 0;
        while (files.hasNext() && !size.isReached(partFiles, partBytes)) {
            stretch.begin();
            while (files.hasNext()
                    && !smallestPart.isReached(stretch.files(), stretch.bytes)
                    && !size.isReached(partFiles + stretch.files(), partBytes + stretch.bytes)) {
                SnapshotFile file = files.next();
                stretch.add(file, known.find(file).filter(this::isStored));
            }
            stretch.store();
            chunks.flush();
            stretch.entries.forEach(list::add);
            partFiles += stretch.files();
            partBytes += stretch.bytes;
        }
        ChunkCounts counts = chunks.flush();
        return copy.with(list.finish(), partBytes, stretch.readBytes, counts.newRawBytes(), counts.newStoredBytes());
    }

    private boolean isStored(FileEntry file) {
        return file.chunks().stream().allMatch(index::contains);
    }

    private static FilePieces open(NodeSnapshot snapshot, SnapshotFile file, int chunkSize) {
        return new FilePieces(file, snapshot.node().open(snapshot.tag(), file.path()), chunkSize);
    }

    /** Some files, in order: those that are known already, and those that have to be read. */
    private final class Stretch {
        private final NodeSnapshot snapshot;
        private final ChunkWriter chunks;
        private final Done done;
        private final List<FileEntry> entries = new ArrayList<>();
        private final List<SnapshotFile> toRead = new ArrayList<>();

        /** Where the entries of the files to read go. */
        private final List<Integer> places = new ArrayList<>();

        private long bytes;
        private long readBytes;

        private Stretch(NodeSnapshot snapshot, ChunkWriter chunks, Done done) {
            this.snapshot = snapshot;
            this.chunks = chunks;
            this.done = done;
        }

        private void begin() {
            entries.clear();
            toRead.clear();
            places.clear();
            bytes = 0;
        }

        private int files() {
            return entries.size();
        }

        private void add(SnapshotFile file, Optional<FileEntry> same) {
            if (same.isEmpty()) {
                places.add(entries.size());
                toRead.add(file);
                readBytes += file.sizeBytes();
            }
            entries.add(same.orElse(null));
            bytes += file.sizeBytes();
            if (same.isPresent()) {
                done.add(file.sizeBytes(), 1, entries.size() % KNOWN_FILES == 0);
            }
        }

        /** Reads what has to be read, with some workers more than processors: now and then one waits for the archive's disk. */
        private void store() {
            int chunkSize = chunks.chunkSizeBytes();
            int longest = (int) toRead.stream()
                    .mapToLong(file -> Math.min(chunkSize, file.sizeBytes()))
                    .max()
                    .orElse(0);
            try (PieceQueue queue = new PieceQueue(toRead, file -> open(snapshot, file, chunkSize))) {
                ParallelWork workers = work.withMore(WAITING_WORKERS);
                int count = toRead.isEmpty() ? 0 : workers.parallelism();
                workers.run(Collections.nCopies(count, longest), length -> storePieces(queue, length));
            }
            done.add(0, 0, true);
        }

        private void storePieces(PieceQueue queue, int length) {
            ByteBuffer buffer = ByteBuffer.allocate(length);
            try {
                for (Optional<Piece> piece = queue.take(buffer); piece.isPresent(); piece = queue.take(buffer)) {
                    storePiece(piece.get(), buffer);
                }
            } catch (RuntimeException | Error e) {
                queue.stop();
                throw e;
            }
        }

        private void storePiece(Piece piece, ByteBuffer buffer) {
            int length = buffer.remaining();
            boolean isComplete = length == 0
                    || piece.pieces()
                            .stored(piece.number(), chunks.store(buffer).id());
            if (isComplete) {
                entries.set(places.get(piece.file()), piece.pieces().entry());
            }
            done.add(length, isComplete ? 1 : 0, true);
        }
    }

    /** Counts what was dealt with. Thread-safe; what it tells never goes down. */
    private static final class Done {
        private final Progress progress;
        private long bytes;
        private long files;

        private Done(NodeCopy copy, Progress progress) {
            this.progress = progress;
            bytes = copy.rawBytes();
            files = copy.files();
        }

        private synchronized void add(long addedBytes, long addedFiles, boolean isToBeTold) {
            bytes += addedBytes;
            files += addedFiles;
            if (isToBeTold) {
                progress.copied(bytes, files);
            }
        }
    }

    /** Is told how far the copy of a node has got; called from the workers, by one at a time. */
    @FunctionalInterface
    public interface Progress {
        /** Receives the number of bytes and files of the node that were dealt with; throws to stop the copy. */
        void copied(long bytes, long files);
    }
}

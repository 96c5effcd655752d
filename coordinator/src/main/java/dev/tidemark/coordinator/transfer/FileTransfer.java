package dev.tidemark.coordinator.transfer;

import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.chunk.ChunkCounts;
import dev.tidemark.coordinator.archive.chunk.ChunkIndex;
import dev.tidemark.coordinator.archive.chunk.ChunkWriter;
import dev.tidemark.coordinator.archive.filelist.FileContents;
import dev.tidemark.coordinator.archive.filelist.FileEntry;
import dev.tidemark.coordinator.archive.filelist.FileListRef;
import dev.tidemark.coordinator.archive.filelist.FileListWriter;
import dev.tidemark.coordinator.archive.format.FormatErrors;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.archive.manifest.NodeBackup;
import dev.tidemark.coordinator.archive.manifest.StoreBackup;
import dev.tidemark.coordinator.node.NodeCopy;
import dev.tidemark.coordinator.node.PreviousFiles;
import dev.tidemark.kvs.node.SnapshotFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Writes the files of a source into an archive, node by node. Of a file that another backup of the archive has with the same path,
 * size and SHA-256 the chunks are taken over, provided that all of them are there; the content of every other one must have the
 * SHA-256 that the source states.
 *
 * <p>As in a backup, a part of a list is written after the chunks that it names are durable, and is recorded before the next one
 * begins. Memory: the index, what a chunk writer needs, and the entries of one stretch. For one thread.
 */
final class FileTransfer {
    private static final int STRETCH_FILES = 5_000;
    private static final long STRETCH_BYTES = 256L << 20;

    /** A record of the journal holds the state of all nodes: there may not be many. */
    private static final int MAX_PARTS = 256;

    private final NamespaceArchive target;
    private final BackupSource source;
    private final Optional<Manifest> previous;
    private final Consumer<NodeCopy> save;
    private final Progress progress;
    private final Consumer<String> notes;
    private final ChunkIndex index;
    private final long partFiles;
    private final long partBytes;

    private Optional<IncomingFile> next = Optional.empty();
    private long doneBytes;
    private long doneFiles;

    /**
     * Prepares a transfer; loads the index of the target and completes it, so that the namespace's lock must be held.
     *
     * @param previous a backup of the target
     * @param save makes progress durable
     */
    FileTransfer(
            NamespaceArchive target,
            BackupSource source,
            Optional<Manifest> previous,
            Consumer<NodeCopy> save,
            Progress progress,
            Consumer<String> notes) {
        this.target = target;
        this.source = source;
        this.previous = previous;
        this.save = save;
        this.progress = progress;
        this.notes = notes;
        index = target.loadAndCompleteIndex();
        partFiles = Math.max(4L * STRETCH_FILES, source.manifest().sizes().files() / MAX_PARTS);
        partBytes = Math.max(4L * STRETCH_BYTES, source.manifest().sizes().rawBytes() / MAX_PARTS);
    }

    /** Writes what the state does not name as written yet, and returns the state with all of it. */
    TransferState run(TransferState state) {
        TransferState result = state;
        advance();
        for (StoreBackup store : source.manifest().stores()) {
            for (NodeBackup node : store.nodes()) {
                result = result.withCopy(writeNode(store.name(), node, result.copyOf(store.name(), node.node())));
            }
        }
        if (next.isPresent()) {
            throw damaged("file '" + next.get().path() + "' of '" + next.get().store() + "/"
                    + next.get().node() + "' is out of place");
        }
        source.finish();
        return result;
    }

    private NodeCopy writeNode(String store, NodeBackup node, NodeCopy from) {
        NodeCopy copy = from;
        while (isNextOf(store, node) && (copy.isDone() || next.get().path().compareTo(copy.lastPath()) <= 0)) {
            pass(next.get());
            advance();
        }
        if (copy.isDone()) {
            return copy;
        }
        FileListRef known = fileList(store, node.node());
        try (PreviousFiles knownFiles = new PreviousFiles(target, known, notes)) {
            while (isNextOf(store, node)) {
                copy = writePart(store, node, copy, knownFiles);
                save.accept(copy);
            }
        }
        if (copy.files() != node.files() || copy.rawBytes() != node.bytes()) {
            throw damaged("node '" + store + "/" + node.node() + "' has " + copy.files() + " files of "
                    + copy.rawBytes() + " bytes (expected: " + node.files() + " of " + node.bytes() + ")");
        }
        return copy.done();
    }

    private NodeCopy writePart(String store, NodeBackup node, NodeCopy copy, PreviousFiles known) {
        ChunkWriter chunks = target.chunkWriter(index);
        FileListWriter list = target.fileListWriter();
        long files = 0;
        long bytes = 0;
        long readBytes = 0;
        while (isNextOf(store, node) && files < partFiles && bytes < partBytes) {
            List<FileEntry> stretch = new ArrayList<>();
            long stretchBytes = 0;
            while (isNextOf(store, node) && stretch.size() < STRETCH_FILES && stretchBytes < STRETCH_BYTES) {
                IncomingFile file = next.get();
                Optional<FileEntry> same = same(file, known);
                stretch.add(same.orElseGet(() -> store(file, chunks)));
                readBytes += same.isPresent() ? 0 : file.sizeBytes();
                stretchBytes += file.sizeBytes();
                pass(file);
                advance();
            }
            chunks.flush();
            stretch.forEach(list::add);
            files += stretch.size();
            bytes += stretchBytes;
        }
        ChunkCounts counts = chunks.flush();
        return copy.with(list.finish(), bytes, readBytes, counts.newRawBytes(), counts.newStoredBytes());
    }

    private static FileEntry store(IncomingFile file, ChunkWriter chunks) {
        FileEntry entry = FileContents.store(
                chunks,
                new SnapshotFile(file.path(), file.sizeBytes(), file.identity()),
                file.content().get());
        if (!entry.sha256().equals(file.sha256())) {
            throw damaged("file '" + file.path() + "' of '" + file.store() + "/" + file.node()
                    + "' does not have the content that was backed up");
        }
        return entry;
    }

    private Optional<FileEntry> same(IncomingFile file, PreviousFiles known) {
        return known.find(file.path())
                .filter(entry -> entry.sizeBytes() == file.sizeBytes()
                        && entry.sha256().equals(file.sha256())
                        && entry.chunks().stream().allMatch(index::contains))
                .map(entry ->
                        new FileEntry(file.path(), file.sizeBytes(), file.identity(), file.sha256(), entry.chunks()));
    }

    private FileListRef fileList(String store, String node) {
        return previous.stream()
                .flatMap(manifest -> manifest.stores().stream())
                .filter(candidate -> candidate.name().equals(store))
                .flatMap(candidate -> candidate.nodes().stream())
                .filter(candidate -> candidate.node().equals(node))
                .map(NodeBackup::fileList)
                .findFirst()
                .orElseGet(() -> new FileListRef(List.of()));
    }

    private boolean isNextOf(String store, NodeBackup node) {
        return next.isPresent() && next.get().isOf(store, node.node());
    }

    private void pass(IncomingFile file) {
        doneBytes += file.sizeBytes();
        doneFiles++;
        progress.transferred(doneBytes, doneFiles);
    }

    private void advance() {
        next = source.nextFile();
    }

    private static RuntimeException damaged(String problem) {
        return FormatErrors.damaged("backup", problem);
    }

    /** Is told how far the transfer has got. */
    @FunctionalInterface
    interface Progress {
        /** Receives the bytes and files that were dealt with. */
        void transferred(long bytes, long files);
    }
}

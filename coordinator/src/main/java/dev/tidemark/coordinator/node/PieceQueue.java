package dev.tidemark.coordinator.node;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.filelist.FilePieces;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.node.SnapshotFile;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Function;

/**
 * Hands out files piece by piece to any number of workers, so that all are busy until the last piece, be it of one large file or
 * of many small ones. A worker gets the next piece of a file that is open and that nobody is reading from; only when there is
 * none the next file is opened. So there are never more files open than workers, and one worker reads everything in order.
 *
 * <p>Thread-safe. A worker that meets a failure calls {@link #stop}, and the others get nothing more.
 */
final class PieceQueue implements AutoCloseable {
    private final List<SnapshotFile> files;
    private final Function<SnapshotFile, FilePieces> opener;

    /** Files with something left to be read from which nobody reads. */
    private final Queue<OpenFile> idle = new ArrayDeque<>();

    private final List<OpenFile> open = new ArrayList<>();
    private int next;
    private int reading;
    private boolean isStopped;

    /**
     * Creates a queue.
     *
     * @param opener opens a file at its start
     */
    PieceQueue(List<SnapshotFile> files, Function<SnapshotFile, FilePieces> opener) {
        this.files = files;
        this.opener = opener;
    }

    /**
     * Reads the next piece of any file; waits while others may still leave one.
     *
     * @param buffer is filled with the piece, from position to limit; nothing is in it for an empty file
     * @return empty when nothing is left, or after {@link #stop}
     */
    Optional<Piece> take(ByteBuffer buffer) {
        Optional<OpenFile> taken = takeFile();
        if (taken.isEmpty()) {
            return Optional.empty();
        }
        OpenFile file = taken.get();
        if (file.pieces == null) {
            file.pieces = opener.apply(files.get(file.number));
            addOpen(file);
        }
        int number = 0;
        if (file.pieces.hasNext()) {
            number = file.pieces.next(buffer);
        } else {
            buffer.clear().limit(0);
        }
        boolean isRead = !file.pieces.hasNext();
        giveBack(file, isRead);
        if (isRead) {
            file.pieces.close();
        }
        return Optional.of(new Piece(file.number, file.pieces, number));
    }

    /** Lets nobody have anything more. */
    synchronized void stop() {
        isStopped = true;
        notifyAll();
    }

    /** Closes the files that are still open; to be called when no worker is left. */
    @Override
    public synchronized void close() {
        open.forEach(file -> file.pieces.close());
        open.clear();
    }

    private synchronized Optional<OpenFile> takeFile() {
        while (!isStopped && idle.isEmpty() && next == files.size() && reading > 0) {
            await();
        }
        if (isStopped || (idle.isEmpty() && next == files.size())) {
            return Optional.empty();
        }
        reading++;
        OpenFile file = idle.poll();
        return Optional.of(file == null ? new OpenFile(next++) : file);
    }

    private synchronized void addOpen(OpenFile file) {
        open.add(file);
    }

    private synchronized void giveBack(OpenFile file, boolean isRead) {
        reading--;
        if (isRead) {
            open.remove(file);
        } else {
            idle.add(file);
        }
        notifyAll();
    }

    private void await() {
        try {
            wait();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CoordinatorException(ErrorCode.INTERRUPTED, "interrupted while files were read", "", e);
        }
    }

    /**
     * A piece that was read.
     *
     * @param file number of its file in the list
     * @param pieces its file
     * @param number its number in the file
     */
    record Piece(int file, FilePieces pieces, int number) {}

    private static final class OpenFile {
        private final int number;
        private FilePieces pieces;

        private OpenFile(int number) {
            this.number = number;
        }
    }
}

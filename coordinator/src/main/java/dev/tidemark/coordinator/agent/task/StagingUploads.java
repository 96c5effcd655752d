package dev.tidemark.coordinator.agent.task;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.node.StagingArea;
import dev.tidemark.kvs.node.StagingArea.StagedFile;
import dev.tidemark.kvs.node.StoreNode;
import dev.tidemark.kvs.time.MonotonicClock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Files that a coordinator stages through the agent, piece by piece, because it has the content itself. A piece may be sent twice. What
 * nobody has asked for in a while is given up. Thread-safe; the pieces of one file come one after the other.
 */
public final class StagingUploads implements AutoCloseable {
    private static final int MAX_AREAS = 16;
    private static final int MAX_OPEN_FILES = 64;
    private static final Duration IDLE_LIMIT = Duration.ofMinutes(10);

    private final StoreNode node;
    private final MonotonicClock clock;
    private final Supplier<UUID> ids;

    /** The areas that were opened last. */
    private final Map<RestoreId, StagingArea> areas = new LinkedHashMap<>();

    private final Map<String, OpenFile> files = new LinkedHashMap<>();

    /** Creates the uploads of a node. */
    public StagingUploads(StoreNode node, MonotonicClock clock, Supplier<UUID> ids) {
        this.node = node;
        this.clock = clock;
        this.ids = ids;
    }

    /** Opens a staging area, again if it was open. */
    public void open(RestoreId restore, long expectedBytes) {
        StagingArea area = node.stage(restore, expectedBytes);
        synchronized (this) {
            areas.remove(restore);
            areas.put(restore, area);
            if (areas.size() > MAX_AREAS) {
                areas.remove(areas.keySet().iterator().next());
            }
        }
    }

    /** Returns what is staged, as {@link StagingArea#files}. */
    public Map<String, Long> files(RestoreId restore, long expectedBytes) {
        return area(restore, expectedBytes).files();
    }

    /** Makes what is staged durable, as {@link StagingArea#sync}. */
    public void sync(RestoreId restore, long expectedBytes) {
        area(restore, expectedBytes).sync();
    }

    /** Begins a file and returns its id. */
    public String create(RestoreId restore, long expectedBytes, String path) {
        endIdle();
        StagedFile file = area(restore, expectedBytes).create(path);
        String id = ids.get().toString();
        synchronized (this) {
            if (files.size() < MAX_OPEN_FILES) {
                files.put(id, new OpenFile(file, clock.nanoTime()));
                return id;
            }
        }
        file.close();
        throw new CoordinatorException(
                ErrorCode.OPERATION_IN_PROGRESS,
                MAX_OPEN_FILES + " files are being staged (expected: fewer)",
                "Try again when others are complete.");
    }

    /**
     * Writes a piece.
     *
     * @param offset where it begins in the file: not behind what was written so far
     */
    public void write(String id, long offset, byte[] piece) {
        find(id).write(offset, piece);
    }

    /** Completes a file, as {@link StagedFile#commit}; it stays known until it is closed. */
    public void commit(String id) {
        find(id).commit();
    }

    /** Forgets a file, and removes it when it was not committed; does nothing when it is not known. */
    public void close(String id) {
        OpenFile file;
        synchronized (this) {
            file = files.remove(id);
        }
        if (file != null) {
            file.close();
        }
    }

    @Override
    public void close() {
        List<OpenFile> open;
        synchronized (this) {
            open = new ArrayList<>(files.values());
            files.clear();
        }
        open.forEach(OpenFile::close);
    }

    private StagingArea area(RestoreId restore, long expectedBytes) {
        synchronized (this) {
            StagingArea area = areas.get(restore);
            if (area != null) {
                return area;
            }
        }
        open(restore, expectedBytes);
        synchronized (this) {
            return areas.get(restore);
        }
    }

    private void endIdle() {
        List<OpenFile> idle = new ArrayList<>();
        synchronized (this) {
            for (Iterator<OpenFile> iterator = files.values().iterator(); iterator.hasNext(); ) {
                OpenFile file = iterator.next();
                if (clock.nanoTime() - file.usedNanos > IDLE_LIMIT.toNanos()) {
                    iterator.remove();
                    idle.add(file);
                }
            }
        }
        idle.forEach(OpenFile::close);
    }

    private synchronized OpenFile find(String id) {
        OpenFile file = files.get(id);
        if (file == null) {
            throw new CoordinatorException(
                    ErrorCode.STORE_UNAVAILABLE,
                    "the agent does not know the file that is being staged any more",
                    "Resume the restore.");
        }
        file.usedNanos = clock.nanoTime();
        return file;
    }

    /** A file and how much of it was written. */
    private static final class OpenFile {
        private final StagedFile file;
        private long written;
        private volatile long usedNanos;

        private OpenFile(StagedFile file, long usedNanos) {
            this.file = file;
            this.usedNanos = usedNanos;
        }

        private synchronized void write(long offset, byte[] piece) {
            if (offset < 0 || offset > written) {
                throw new CoordinatorException(
                        ErrorCode.INVALID_INPUT,
                        "a piece begins at byte " + offset + " (expected: at most " + written + ")",
                        "Send the pieces of a file one after the other.");
            }
            int known = (int) Math.min(piece.length, written - offset);
            ByteBuffer rest = ByteBuffer.wrap(piece, known, piece.length - known);
            try {
                while (rest.hasRemaining()) {
                    written += file.write(rest);
                }
            } catch (IOException e) {
                throw new CoordinatorException(
                        ErrorCode.STORE_UNAVAILABLE,
                        "a file can't be staged: " + e.getMessage(),
                        "Look at the node's disk and resume the restore.",
                        e);
            }
        }

        private synchronized void commit() {
            file.commit();
        }

        private synchronized void close() {
            file.close();
        }
    }
}

package dev.tidemark.kvs.memory;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.node.RelativePath;
import dev.tidemark.kvs.node.StagingArea;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Staged files of one restore on one node, as one coordinator has opened them. Thread-safe. */
final class InMemoryStaging implements StagingArea {
    private final Map<String, byte[]> committed;
    private final Faults faults;
    private final Consumer<Runnable> fence;

    /**
     * Creates the area.
     *
     * @param committed content by path, shared by all who open the area of this restore; thread-safe
     * @param fence runs a change while no other coordinator can take over; throws when one has
     */
    InMemoryStaging(Map<String, byte[]> committed, Faults faults, Consumer<Runnable> fence) {
        this.committed = committed;
        this.faults = faults;
        this.fence = fence;
    }

    @Override
    public Map<String, Long> files() {
        Map<String, Long> sizes = new TreeMap<>();
        committed.forEach((path, content) -> sizes.put(path, (long) content.length));
        return sizes;
    }

    @Override
    public StagedFile create(String path) {
        try {
            RelativePath.parse(path);
        } catch (IllegalArgumentException e) {
            throw new KeyValueStoreException(
                    ErrorCode.MANIFEST_INVALID,
                    e.getMessage(),
                    "Do not restore this backup: its file list was made by somebody else.",
                    e);
        }
        return new OpenFile(path);
    }

    @Override
    public void sync() {}

    private final class OpenFile implements StagedFile {
        private final String path;
        private final ByteArrayOutputStream content = new ByteArrayOutputStream();
        private boolean isOpen = true;
        private boolean isCommitted;

        OpenFile(String path) {
            this.path = path;
        }

        @Override
        public int write(ByteBuffer source) throws ClosedChannelException {
            if (!isOpen) {
                throw new ClosedChannelException();
            }
            return faults.call(Seam.STAGE_WRITE, () -> {
                byte[] bytes = new byte[source.remaining()];
                source.get(bytes);
                content.writeBytes(bytes);
                return bytes.length;
            });
        }

        @Override
        public void commit() {
            if (isCommitted) {
                return;
            }
            if (!isOpen) {
                throw new IllegalStateException("file '" + path + "' is closed (expected: open)");
            }
            fence.accept(() -> committed.put(path, content.toByteArray()));
            isCommitted = true;
            isOpen = false;
        }

        @Override
        public boolean isOpen() {
            return isOpen;
        }

        @Override
        public void close() {
            isOpen = false;
        }
    }
}

package dev.tidemark.kvs.memory;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.node.StagingArea;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** Staged files of one restore on one node. Thread-safe. */
final class InMemoryStaging implements StagingArea {
    private final Map<String, byte[]> committed = new ConcurrentSkipListMap<>();
    private final Faults faults;

    InMemoryStaging(Faults faults) {
        this.faults = faults;
    }

    List<Segment> segments() {
        return committed.entrySet().stream()
                .map(file -> Segment.of(file.getKey(), file.getValue()))
                .toList();
    }

    @Override
    public Map<String, Long> files() {
        Map<String, Long> sizes = new TreeMap<>();
        committed.forEach((path, content) -> sizes.put(path, (long) content.length));
        return sizes;
    }

    @Override
    public StagedFile create(String path) {
        boolean isBad = path.isEmpty()
                || path.startsWith("/")
                || path.indexOf('\\') >= 0
                || path.indexOf('\0') >= 0
                || (path.length() > 1 && path.charAt(1) == ':')
                || List.of(path.split("/", -1)).stream()
                        .anyMatch(segment -> segment.isEmpty() || segment.equals(".") || segment.equals(".."));
        if (isBad) {
            throw new KeyValueStoreException(
                    ErrorCode.MANIFEST_INVALID,
                    "path '" + path + "' is not acceptable (expected: relative, segments joined by /)",
                    "Do not restore this backup: its file list was made by somebody else.");
        }
        return new OpenFile(path);
    }

    @Override
    public void sync() {}

    private final class OpenFile implements StagedFile {
        private final String path;
        private final ByteArrayOutputStream content = new ByteArrayOutputStream();
        private boolean isOpen = true;

        OpenFile(String path) {
            this.path = path;
        }

        @Override
        public int write(ByteBuffer source) {
            return faults.call(Seam.STAGE_WRITE, () -> {
                byte[] bytes = new byte[source.remaining()];
                source.get(bytes);
                content.writeBytes(bytes);
                return bytes.length;
            });
        }

        @Override
        public void commit() {
            committed.put(path, content.toByteArray());
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

package dev.tidemark.coordinator.node;

import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.node.NodeId;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.node.SnapshotFile;
import dev.tidemark.kvs.node.SnapshotTag;
import dev.tidemark.kvs.node.StagingArea;
import dev.tidemark.kvs.node.StoreNode;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.util.Iterator;
import java.util.Map;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** A node with one snapshot of many small files, made up when they are read; what is staged is kept. */
final class GeneratedNode implements StoreNode {
    final Map<String, byte[]> staged = new ConcurrentHashMap<>();
    private final int files;
    private final int bytesPerFile;
    private final AtomicInteger open = new AtomicInteger();
    private volatile String truncated = "";
    private volatile long expectedBytes;

    GeneratedNode(int files, int bytesPerFile) {
        this.files = files;
        this.bytesPerFile = bytesPerFile;
    }

    /** Lets a file be shorter than listed. */
    void truncate(String path) {
        truncated = path;
    }

    /** Returns how much room was asked for in the last staging. */
    long expectedBytes() {
        return expectedBytes;
    }

    int openFiles() {
        return open.get();
    }

    static String path(int number) {
        return String.format("%09d", number);
    }

    byte[] content(String path) {
        byte[] content = new byte[bytesPerFile];
        new Random(path.hashCode()).nextBytes(content);
        return content;
    }

    @Override
    public NodeId id() {
        return new NodeId("n1");
    }

    @Override
    public void snapshot(SnapshotTag tag) {}

    @Override
    public SortedSet<SnapshotTag> snapshots() {
        return new TreeSet<>();
    }

    @Override
    public CloseableIterator<SnapshotFile> files(SnapshotTag tag, String afterPath) {
        Iterator<SnapshotFile> iterator = IntStream.range(0, files)
                .mapToObj(GeneratedNode::path)
                .filter(path -> path.compareTo(afterPath) > 0)
                .map(path -> new SnapshotFile(path, bytesPerFile, "id-" + path))
                .iterator();
        return new CloseableIterator<>() {
            @Override
            public boolean hasNext() {
                return iterator.hasNext();
            }

            @Override
            public SnapshotFile next() {
                return iterator.next();
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public ReadableByteChannel open(SnapshotTag tag, String path) {
        open.incrementAndGet();
        byte[] content = content(path);
        int length = path.equals(truncated) ? content.length - 1 : content.length;
        return Channels.newChannel(new ByteArrayInputStream(content, 0, length) {
            @Override
            public void close() {
                open.decrementAndGet();
            }
        });
    }

    @Override
    public void drop(SnapshotTag tag) {}

    @Override
    public long usableBytes() {
        return Long.MAX_VALUE;
    }

    @Override
    public boolean isEmptyFor(RestoreId restore) {
        return true;
    }

    @Override
    public StagingArea stage(RestoreId restore, long expectedBytes) {
        this.expectedBytes = expectedBytes;
        return new Staging();
    }

    @Override
    public void load(RestoreId restore) {}

    @Override
    public void completeRestore(RestoreId restore) {}

    @Override
    public void discardStaging(RestoreId restore) {}

    @Override
    public void setAside(RestoreId restore) {}

    @Override
    public void adopt(RestoreId restore) {}

    @Override
    public void bringBack(RestoreId restore, String safetyCopy) {}

    @Override
    public void giveBack(RestoreId restore) {}

    @Override
    public SortedSet<String> safetyCopies() {
        return new TreeSet<>();
    }

    @Override
    public void dropSafetyCopy(RestoreId restore, String safetyCopy) {}

    private final class Staging implements StagingArea {
        @Override
        public Map<String, Long> files() {
            return Map.of();
        }

        @Override
        public StagedFile create(String path) {
            ByteBuffer content = ByteBuffer.allocate(bytesPerFile);
            return new StagedFile() {
                @Override
                public int write(ByteBuffer source) {
                    int length = source.remaining();
                    content.put(source);
                    return length;
                }

                @Override
                public void commit() {
                    staged.put(path, content.array());
                }

                @Override
                public boolean isOpen() {
                    return true;
                }

                @Override
                public void close() {}
            };
        }

        @Override
        public void sync() {}
    }
}

package dev.tidemark.coordinator.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.kvs.CellStore;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.cluster.NodeByNodeConnector;
import dev.tidemark.kvs.cluster.StoreCluster;
import dev.tidemark.kvs.cluster.StoreDescription;
import dev.tidemark.kvs.memory.InMemoryOptions;
import dev.tidemark.kvs.memory.InMemoryStore;
import dev.tidemark.kvs.node.NodeId;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.node.SnapshotFile;
import dev.tidemark.kvs.node.SnapshotTag;
import dev.tidemark.kvs.node.StagingArea;
import dev.tidemark.kvs.node.StoreNode;
import dev.tidemark.kvs.transactiontable.TransactionTable;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;

/**
 * A store whose only node has as many files as wanted, made up when they are read and checked when they are staged: it takes no
 * memory and no disk itself.
 */
public final class SyntheticStore implements NodeByNodeConnector {
    private static final long LIMIT_SECONDS = 60;

    private final InMemoryStore cells =
            InMemoryStore.create(InMemoryOptions.singleNode(TransactionsSchemaMap.always(1)), new Random(1));
    private final long files;
    private final int bytesPerFile;
    private volatile Gate gate = new Gate(Long.MAX_VALUE, new CountDownLatch(0));
    private final AtomicLong opened = new AtomicLong();
    private final AtomicLong stagedFiles = new AtomicLong();
    private final AtomicLong wrongFiles = new AtomicLong();

    /** Creates a store with that many files. */
    public SyntheticStore(long files, int bytesPerFile) {
        this.files = files;
        this.bytesPerFile = bytesPerFile;
    }

    /** Returns how often a file was opened. */
    public long opened() {
        return opened.get();
    }

    /** Lets everybody wait who opens a file after that many, until the gate is opened. */
    public void shutGateAfter(long files) {
        gate = new Gate(files, new CountDownLatch(1));
    }

    /** Lets everybody go on. */
    public void openGate() {
        gate.opened.countDown();
    }

    /** Returns how many files were staged. */
    public long stagedFiles() {
        return stagedFiles.get();
    }

    /** Returns how many of them had another content than the original. */
    public long wrongFiles() {
        return wrongFiles.get();
    }

    @Override
    public StoreCluster connect() {
        return new Cluster(cells.connect());
    }

    @Override
    public List<StoreNode> targetNodes() {
        return List.of(new Node());
    }

    @Override
    public StoreCluster openRestored(RestoreId restore) {
        return connect();
    }

    private static String path(long number) {
        return String.format("%03d/%09d", number / 10_000, number);
    }

    private byte[] content(String path) {
        byte[] content = new byte[bytesPerFile];
        new Random(path.hashCode()).nextBytes(content);
        return content;
    }

    private record Gate(long files, CountDownLatch opened) {
        void await(long number) {
            if (number <= files) {
                return;
            }
            try {
                assertThat(opened.await(LIMIT_SECONDS, TimeUnit.SECONDS))
                        .as("gate was opened")
                        .isTrue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted at the gate", e);
            }
        }
    }

    private final class Cluster implements StoreCluster {
        private final StoreCluster delegate;

        private Cluster(StoreCluster delegate) {
            this.delegate = delegate;
        }

        @Override
        public StoreDescription describe() {
            return delegate.describe();
        }

        @Override
        public List<Problem> check() {
            return List.of();
        }

        @Override
        public List<StoreNode> nodes() {
            return targetNodes();
        }

        @Override
        public void repair(Set<TableName> tables) {}

        @Override
        public void raiseEarliestReadableTimestamp(long timestamp) {
            delegate.raiseEarliestReadableTimestamp(timestamp);
        }

        @Override
        public void prepareClean(TimestampRange starts) {}

        @Override
        public void adoptTransactionsSchemas(TransactionsSchemaMap schemas, long bound) {
            delegate.adoptTransactionsSchemas(schemas, bound);
        }

        @Override
        public TransactionTable transactionTable() {
            return delegate.transactionTable();
        }

        @Override
        public CellStore cells() {
            return delegate.cells();
        }

        @Override
        public void close() {
            delegate.close();
        }
    }

    private final SortedSet<SnapshotTag> tags = new ConcurrentSkipListSet<>();

    private final class Node implements StoreNode {
        @Override
        public NodeId id() {
            return new NodeId("node-0");
        }

        @Override
        public void snapshot(SnapshotTag tag) {
            tags.add(tag);
        }

        @Override
        public SortedSet<SnapshotTag> snapshots() {
            return new TreeSet<>(tags);
        }

        @Override
        public CloseableIterator<SnapshotFile> files(SnapshotTag tag, String afterPath) {
            Iterator<SnapshotFile> iterator = LongStream.range(0, files)
                    .mapToObj(SyntheticStore::path)
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
            gate.await(opened.incrementAndGet());
            return Channels.newChannel(new ByteArrayInputStream(content(path)));
        }

        @Override
        public void drop(SnapshotTag tag) {
            tags.remove(tag);
        }

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
    }

    private final class Staging implements StagingArea {
        @Override
        public Map<String, Long> files() {
            return Map.of();
        }

        @Override
        public StagedFile create(String path) {
            ByteBuffer staged = ByteBuffer.allocate(bytesPerFile + 1);
            return new StagedFile() {
                @Override
                public int write(ByteBuffer source) {
                    int length = source.remaining();
                    staged.put(source);
                    return length;
                }

                @Override
                public void commit() {
                    stagedFiles.incrementAndGet();
                    if (!staged.flip().equals(ByteBuffer.wrap(content(path)))) {
                        wrongFiles.incrementAndGet();
                    }
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

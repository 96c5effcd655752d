package dev.tidemark.kvs.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.CellRange;
import dev.tidemark.kvs.CellStore;
import dev.tidemark.kvs.CellVersion;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.cluster.StoreConnector;
import dev.tidemark.kvs.cluster.StoreDescription.NodeDescription;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What the tests of nodes do with snapshots: list, read, carry to another node, compare. */
public final class NodeFiles {
    private NodeFiles() {}

    /** Lists a snapshot. */
    public static List<SnapshotFile> files(StoreNode node, SnapshotTag tag, String afterPath) {
        List<SnapshotFile> files = new ArrayList<>();
        try (CloseableIterator<SnapshotFile> listing = node.files(tag, afterPath)) {
            listing.forEachRemaining(files::add);
        }
        return files;
    }

    /** Reads all files of a snapshot. */
    public static SortedMap<String, Bytes> contents(StoreNode node, SnapshotTag tag) {
        SortedMap<String, Bytes> contents = new TreeMap<>();
        for (SnapshotFile file : files(node, tag, "")) {
            try (ReadableByteChannel in = node.open(tag, file.path())) {
                ByteArrayOutputStream content = new ByteArrayOutputStream();
                Channels.newInputStream(in).transferTo(content);
                contents.put(file.path(), Bytes.wrap(content.toByteArray()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return contents;
    }

    /** Stages files, some in several writes. */
    public static void stage(StagingArea staging, Map<String, Bytes> contents) {
        contents.forEach((path, content) -> {
            try (StagingArea.StagedFile file = staging.create(path)) {
                int half = content.length() / 2;
                write(file, content.toBuffer().limit(half));
                write(file, content.toBuffer().position(half));
                file.commit();
            }
        });
        staging.sync();
    }

    /**
     * Carries a snapshot from one node into the staging area of another.
     *
     * @param prefix what the path of each staged file begins with
     */
    public static void stage(StoreNode source, SnapshotTag tag, StoreNode target, RestoreId restore, String prefix) {
        SortedMap<String, Bytes> contents = new TreeMap<>();
        contents(source, tag).forEach((path, content) -> contents.put(prefix + path, content));
        long bytes = contents.values().stream().mapToLong(Bytes::length).sum();
        stage(target.stage(restore, bytes), contents);
    }

    /** Carries a snapshot from one node into the staging area of another. */
    public static void stage(StoreNode source, SnapshotTag tag, StoreNode target, RestoreId restore) {
        stage(source, tag, target, restore, "");
    }

    /** Takes a snapshot of each node and stages it on the target of the same number. */
    public static void carry(List<StoreNode> sources, SnapshotTag tag, List<StoreNode> targets, RestoreId restore) {
        assertThat(targets).hasSameSizeAs(sources);
        for (int i = 0; i < sources.size(); i++) {
            sources.get(i).snapshot(tag);
            stage(sources.get(i), tag, targets.get(i), restore);
        }
    }

    /** Stages a snapshot of each node on the target of the same number, under the paths that the store wants. */
    public static void place(List<StoreNode> sources, SnapshotTag tag, StoreConnector target, RestoreId restore) {
        List<StoreNode> targets = target.targetNodes();
        assertThat(targets).hasSameSizeAs(sources);
        for (int i = 0; i < sources.size(); i++) {
            stage(sources.get(i), tag, targets.get(i), restore, prefix(target, sources.get(i)));
        }
    }

    /** Returns what the paths of files of this source begin with where the store places them. */
    public static String prefix(StoreConnector target, StoreNode source) {
        List<NodeDescription> backedUp = target.targetNodes().stream()
                .map(node -> new NodeDescription(node.id(), true, List.of("all")))
                .toList();
        return target.place(backedUp, Map.of()).get(0).arePathsPrefixed() ? source.id() + "/" : "";
    }

    /** Writes all of the buffer. */
    public static void write(StagingArea.StagedFile file, ByteBuffer content) {
        try {
            while (content.hasRemaining()) {
                file.write(content);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns all versions in all tables. */
    public static SortedMap<TableName, List<CellVersion>> everything(CellStore cells) {
        SortedMap<TableName, List<CellVersion>> everything = new TreeMap<>();
        for (TableName table : cells.tables()) {
            List<CellVersion> versions = new ArrayList<>();
            try (CloseableIterator<CellVersion> scan = cells.scan(table, CellRange.all(), Long.MAX_VALUE)) {
                scan.forEachRemaining(versions::add);
            }
            everything.put(table, versions);
        }
        return everything;
    }

    /** Checks that the call fails with the code, a message and a hint. */
    public static void assertFails(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(KeyValueStoreException.class, e -> {
            assertThat(e.code()).as(e.getMessage()).isEqualTo(code);
            assertThat(e.getMessage()).isNotEmpty().doesNotEndWith(".");
            assertThat(e.hint()).endsWith(".");
        });
    }
}

package dev.tidemark.kvs.memory;

import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.node.SnapshotFile;
import dev.tidemark.kvs.node.SnapshotTag;
import dev.tidemark.kvs.node.StagingArea;
import dev.tidemark.kvs.node.StagingArea.StagedFile;
import dev.tidemark.kvs.node.StoreNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/** Reads snapshots as a coordinator does, and restores them. */
final class SnapshotContent {
    private SnapshotContent() {}

    static List<SnapshotFile> files(StoreNode node, SnapshotTag tag) {
        List<SnapshotFile> files = new ArrayList<>();
        try (CloseableIterator<SnapshotFile> iterator = node.files(tag, "")) {
            iterator.forEachRemaining(files::add);
        }
        return files;
    }

    static byte[] read(StoreNode node, SnapshotTag tag, String path) {
        try (InputStream in = Channels.newInputStream(node.open(tag, path))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns what the snapshot's files say of a table, deletions included. */
    static NavigableMap<VersionKey, Write> table(StoreNode node, SnapshotTag tag, TableName table) {
        NavigableMap<VersionKey, Write> content = new TreeMap<>();
        for (SnapshotFile file : files(node, tag)) {
            Segment.of(file.path(), read(node, tag, file.path()))
                    .decode()
                    .getOrDefault(table, new TreeMap<>())
                    .forEach((key, write) -> content.merge(key, write, Write::latest));
        }
        return content;
    }

    static void stage(StoreNode from, SnapshotTag tag, StoreNode to, RestoreId restore) {
        StagingArea area = to.stage(restore, 0);
        for (SnapshotFile file : files(from, tag)) {
            write(area, file.path(), read(from, tag, file.path()));
        }
        area.sync();
    }

    static void write(StagingArea area, String path, byte[] content) {
        try (StagedFile file = area.create(path)) {
            ByteBuffer buffer = ByteBuffer.wrap(content);
            while (buffer.hasRemaining()) {
                file.write(buffer);
            }
            file.commit();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

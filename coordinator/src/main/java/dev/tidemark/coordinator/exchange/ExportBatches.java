package dev.tidemark.coordinator.exchange;

import dev.tidemark.coordinator.archive.NamespaceArchive;
import dev.tidemark.coordinator.archive.filelist.FileEntry;
import dev.tidemark.coordinator.archive.format.StrictJson;
import dev.tidemark.coordinator.archive.manifest.Manifest;
import dev.tidemark.coordinator.archive.manifest.NodeBackup;
import dev.tidemark.coordinator.archive.manifest.StoreBackup;
import dev.tidemark.kvs.CloseableIterator;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** Streams the files of a backup in the stretches that share a list; the same each time. Not thread-safe. */
final class ExportBatches implements AutoCloseable {
    private final NamespaceArchive archive;
    private final Iterator<Node> nodes;
    private Node node;
    private CloseableIterator<FileEntry> entries;
    private int number;

    ExportBatches(NamespaceArchive archive, Manifest manifest) {
        this.archive = archive;
        List<Node> all = new ArrayList<>();
        for (StoreBackup store : manifest.stores()) {
            store.nodes().forEach(backup -> all.add(new Node(store.name(), backup)));
        }
        nodes = all.iterator();
    }

    /** Returns the next stretch, or nothing after the last one. */
    Optional<Batch> next() {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        List<Item> items = new ArrayList<>();
        int chunks = 0;
        while (items.size() < ExportFormat.LIST_FILES
                && text.size() < ExportFormat.LIST_BYTES
                && chunks < ExportFormat.LIST_CHUNKS
                && hasNext()) {
            FileEntry entry = entries.next();
            ExportFormat.Line line = new ExportFormat.Line(
                    node.store,
                    node.backup.node(),
                    entry.path(),
                    entry.sizeBytes(),
                    entry.identity(),
                    entry.sha256().toHex());
            text.writeBytes(StrictJson.encode(line));
            text.write('\n');
            items.add(new Item(line, entry));
            chunks += entry.chunks().size();
        }
        if (items.isEmpty()) {
            return Optional.empty();
        }
        number++;
        return Optional.of(new Batch(ExportFormat.listName(number), text.toByteArray(), items));
    }

    private boolean hasNext() {
        while (entries == null || !entries.hasNext()) {
            close();
            if (!nodes.hasNext()) {
                return false;
            }
            node = nodes.next();
            entries = archive.readFileList(node.backup.fileList());
        }
        return true;
    }

    @Override
    public void close() {
        if (entries != null) {
            entries.close();
            entries = null;
        }
    }

    private record Node(String store, NodeBackup backup) {}

    /** A file and how it is described. */
    record Item(ExportFormat.Line line, FileEntry entry) {}

    /**
     * A list and its files.
     *
     * @param list content of the list
     */
    record Batch(String name, byte[] list, List<Item> items) {}
}

package dev.tidemark.kvs.cassandra.node;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.cassandra.node.DataDirectories.TableDirectory;
import dev.tidemark.kvs.files.DurableFiles;
import dev.tidemark.kvs.files.FileListing;
import dev.tidemark.kvs.node.SnapshotFile;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * What is in a snapshot: the components of SSTables as {@code TABLE-ID/COMPONENT}, and those of secondary indexes as
 * {@code TABLE-ID/.INDEX/COMPONENT}. Left out is what Cassandra writes into the snapshot about it.
 *
 * <p>Identity: SSTables are never changed in place. The few components that Cassandra rewrites get a new inode, and the snapshot keeps
 * the old one. So inode and time of modification, which all links of a file share, tell together with path and size whether it is the
 * same.
 */
final class SnapshotFiles {
    private static final String ATTRIBUTES = "unix:ino,size,lastModifiedTime";
    private static final Set<String> ABOUT_THE_SNAPSHOT = Set.of("manifest.json", "schema.cql");

    private SnapshotFiles() {}

    /** Writes the listing, which appears when it is whole and durable. Holds the names of one table in memory at a time. */
    static void write(List<TableDirectory> ordered, String tag, Path listing) throws IOException {
        Path part = listing.resolveSibling(listing.getFileName() + ".part");
        try (BufferedWriter out = Files.newBufferedWriter(part, StandardCharsets.UTF_8)) {
            SortedMap<String, Path> files = new TreeMap<>();
            String table = "";
            for (TableDirectory directory : ordered) {
                if (!directory.name().equals(table)) {
                    writeAll(files, out);
                    files.clear();
                    table = directory.name();
                }
                collect(directory.snapshot(tag), table + "/", files);
            }
            writeAll(files, out);
        }
        DurableFiles.syncFile(part);
        DurableFiles.rename(part, listing);
        DurableFiles.syncDirectory(listing.getParent());
    }

    private static void collect(Path snapshot, String prefix, SortedMap<String, Path> files) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(snapshot)) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                if (DurableFiles.isPlainDirectory(entry)) {
                    collect(entry, prefix + name + "/", files);
                } else if (!ABOUT_THE_SNAPSHOT.contains(name)
                        && Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS)) {
                    requireOnce(prefix + name, files.put(prefix + name, entry), entry);
                }
            }
        }
    }

    private static void requireOnce(String path, Path other, Path file) {
        if (other != null) {
            throw new KeyValueStoreException(
                    ErrorCode.SNAPSHOT_FAILED,
                    "'" + path + "' is in two data directories: '" + other + "' and '" + file + "' (expected: one)",
                    "Look whether two of the configured data directories are the same one.");
        }
    }

    private static void writeAll(SortedMap<String, Path> files, BufferedWriter out) throws IOException {
        for (Map.Entry<String, Path> file : files.entrySet()) {
            out.write(FileListing.line(describe(file.getValue(), file.getKey())));
            out.write('\n');
        }
    }

    /** Returns what is known of a file without reading it. */
    static SnapshotFile describe(Path file, String path) throws IOException {
        Map<String, Object> attributes = Files.readAttributes(file, ATTRIBUTES, LinkOption.NOFOLLOW_LINKS);
        long modified = ((FileTime) attributes.get("lastModifiedTime")).to(TimeUnit.NANOSECONDS);
        return new SnapshotFile(path, (long) attributes.get("size"), attributes.get("ino") + "-" + modified);
    }
}

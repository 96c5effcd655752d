package dev.tidemark.kvs.cassandra.node;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * SSTables of one table in one directory, which are loaded together: all of them or none.
 *
 * @param name tells it from all others of the same load: the source node or the number of the data directory, a slash, and the
 *     directory's name
 * @param table the table that it goes into; the id in the name of the directory may be that of another table
 * @param directory where it lies
 */
record Part(String name, String table, Path directory) {
    /**
     * Returns the components by SSTable, and those of an SSTable by component. Secondary indexes are left out: the node builds them
     * when it loads.
     */
    SortedMap<String, SortedMap<String, Path>> sstables() throws IOException {
        SortedMap<String, SortedMap<String, Path>> sstables = new TreeMap<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                if (Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS)) {
                    SSTableName.parse(entry.getFileName().toString())
                            .ifPresent(name -> sstables.computeIfAbsent(name.sstable(), key -> new TreeMap<>())
                                    .put(name.component(), entry));
                }
            }
        }
        return sstables;
    }
}

package dev.tidemark.kvs.rocksdb;

import dev.tidemark.kvs.files.DurableFiles;
import dev.tidemark.kvs.rocksdb.directory.StoreDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The files of a store at rest. To open RocksDB for writing gives it a new manifest; so a snapshot of a store at rest is made of
 * its files as they lie there, and one of a store that has not been opened since has the same listing. That needs an empty log,
 * which a clean close leaves behind.
 */
final class RestingFiles {
    private static final String CURRENT = "CURRENT";
    private static final String OPTIONS_PREFIX = "OPTIONS-";

    private final StoreDirectory directory;

    RestingFiles(StoreDirectory directory) {
        this.directory = directory;
    }

    /** Tells whether the log holds anything that is not in files; it does when the owner has died. */
    boolean hasLog() throws IOException {
        try (DirectoryStream<Path> logs = Files.newDirectoryStream(directory.data(), "*.log")) {
            for (Path log : logs) {
                if (Files.size(log) > 0) {
                    return true;
                }
            }
            return false;
        }
    }

    /** Links what is written once and copies the rest durably, as RocksDB's own checkpoint does. */
    void copyTo(Path target) throws IOException {
        Files.createDirectory(target);
        Path data = directory.data();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(data, "*.{sst,blob}")) {
            for (Path file : files) {
                Files.createLink(target.resolve(file.getFileName()), file);
            }
        }
        String manifest =
                Files.readString(data.resolve(CURRENT), StandardCharsets.UTF_8).strip();
        for (String name : List.of(CURRENT, manifest, newestOptions())) {
            Files.copy(data.resolve(name), target.resolve(name));
            DurableFiles.syncFile(target.resolve(name));
        }
    }

    private String newestOptions() throws IOException {
        try (Stream<Path> files = Files.list(directory.data())) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith(OPTIONS_PREFIX) && !name.endsWith("dbtmp"))
                    .max(Comparator.comparing(String::length).thenComparing(Comparator.naturalOrder()))
                    .orElseThrow(() -> new IOException("there is no file '" + OPTIONS_PREFIX + "*'"));
        }
    }
}

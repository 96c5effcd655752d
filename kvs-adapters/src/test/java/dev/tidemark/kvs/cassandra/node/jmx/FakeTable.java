package dev.tidemark.kvs.cassandra.node.jmx;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.zip.Adler32;
import java.util.zip.CRC32;
import java.util.zip.Checksum;

/** A table of a {@link FakeCassandra}: rows in memory, and SSTables of four components in its first directory that it knows of. */
final class FakeTable {
    private static final List<String> COMPONENTS = List.of("Data.db", "Statistics.db", "TOC.txt");

    private final FakeCassandra.Version version;
    private final String name;
    private final List<Path> directories;
    private final SortedSet<String> memory = new TreeSet<>();
    private final Set<Path> live = new HashSet<>();
    private int generation;
    private int toSkip;

    FakeTable(FakeCassandra.Version version, String name, List<Path> directories) {
        this.version = version;
        this.name = name;
        this.directories = directories;
        try {
            for (Path directory : directories) {
                Files.createDirectories(directory);
            }
        } catch (IOException e) {
            throw FakeCassandra.unchecked(e);
        }
    }

    String name() {
        return name;
    }

    List<Path> directories() {
        return directories;
    }

    List<String> paths() {
        return new ArrayList<>(directories.stream().map(Path::toString).toList());
    }

    synchronized int sstables() {
        return live.size();
    }

    synchronized int inMemory() {
        return memory.size();
    }

    synchronized void write(String row) {
        memory.add(row);
    }

    synchronized SortedSet<String> rows() {
        SortedSet<String> rows = new TreeSet<>(memory);
        for (Path data : live) {
            rows.addAll(lines(data));
        }
        return rows;
    }

    synchronized void flush() {
        if (memory.isEmpty()) {
            return;
        }
        String rows = String.join("\n", memory) + "\n";
        try {
            for (String component : COMPONENTS) {
                Files.writeString(next(component), contentOf(component, rows));
            }
            Files.writeString(next(digest()), Long.toString(checksum(rows)));
            live.add(next("Data.db"));
            generation++;
        } catch (IOException e) {
            throw FakeCassandra.unchecked(e);
        }
        memory.clear();
    }

    synchronized void clear() {
        memory.clear();
        for (Path data : live) {
            deleteSSTable(data);
        }
        live.clear();
    }

    synchronized void snapshot(String tag) throws IOException {
        flush();
        Path snapshot = directories.get(0).resolve("snapshots").resolve(tag);
        Files.createDirectories(snapshot);
        Files.writeString(snapshot.resolve("manifest.json"), "{}");
        for (Path data : live) {
            for (Path file : components(data)) {
                Files.createLink(snapshot.resolve(file.getFileName()), file);
            }
        }
    }

    boolean hasSnapshot(String tag) {
        return directories.stream()
                .anyMatch(
                        directory -> Files.exists(directory.resolve("snapshots").resolve(tag)));
    }

    /** Imports all SSTables of a directory under numbers of its own; rewrites their statistics first, where they are. */
    synchronized void importFrom(Path source, boolean isCopied) throws IOException {
        if (!Files.isDirectory(source)) {
            throw new IllegalStateException("Directory " + source + " does not exist");
        }
        for (Path data : datas(source)) {
            rewriteStatistics(data);
            for (Path file : components(data)) {
                Path target = next(component(file));
                if (isCopied) {
                    Files.createLink(target, file);
                } else {
                    Files.move(file, target);
                }
            }
            live.add(next("Data.db"));
            generation++;
        }
    }

    /** Loads the SSTables in its directories that it does not know, under numbers of its own; stumbles over halves. */
    synchronized int loadNew() throws IOException {
        int count = 0;
        for (Path directory : directories) {
            for (Path file : files(directory)) {
                Path data = file.resolveSibling(sstable(file) + "-Data.db");
                if (!Files.exists(data)) {
                    throw new AssertionError(data + " should exist");
                }
            }
            for (Path data : datas(directory)) {
                if (!live.contains(data)) {
                    rewriteStatistics(data);
                    List<Path> files = components(data);
                    for (Path file : files) {
                        Files.move(file, next(component(file)));
                    }
                    boolean isRead = toSkip == 0;
                    if (isRead) {
                        live.add(next("Data.db"));
                        count++;
                    }
                    toSkip = 0;
                    generation++;
                }
            }
        }
        return count;
    }

    synchronized void skipNext() {
        toSkip = 1;
    }

    synchronized void restart() {
        live.clear();
        try {
            for (Path directory : directories) {
                for (Path file : files(directory)) {
                    Path data = file.resolveSibling(sstable(file) + "-Data.db");
                    if (!Files.exists(data)) {
                        Files.deleteIfExists(file);
                    }
                }
                live.addAll(datas(directory));
            }
        } catch (IOException e) {
            throw FakeCassandra.unchecked(e);
        }
    }

    private static void rewriteStatistics(Path data) throws IOException {
        Path statistics = data.resolveSibling(sstable(data) + "-Statistics.db");
        if (Files.exists(statistics)) {
            Files.delete(statistics);
            Files.writeString(statistics, "statistics of another node");
        }
    }

    private String digest() {
        return version.canImport() ? "Digest.crc32" : "Digest.adler32";
    }

    private long checksum(String rows) {
        Checksum checksum = version.canImport() ? new CRC32() : new Adler32();
        checksum.update(rows.getBytes(StandardCharsets.UTF_8));
        return checksum.getValue();
    }

    private String contentOf(String component, String rows) {
        return switch (component) {
            case "Data.db" -> rows;
            case "TOC.txt" -> "Statistics.db\nData.db\nTOC.txt\n" + digest() + "\n";
            default -> "statistics";
        };
    }

    private Path next(String component) {
        String prefix = version.canImport() ? "nb-" : "lb-";
        return directories.get(0).resolve(prefix + (generation + 1) + "-big-" + component);
    }

    private static void deleteSSTable(Path data) {
        try {
            for (Path file : components(data)) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw FakeCassandra.unchecked(e);
        }
    }

    private static List<Path> components(Path data) throws IOException {
        List<Path> components = new ArrayList<>();
        for (Path file : files(data.getParent())) {
            if (sstable(file).equals(sstable(data))) {
                components.add(file);
            }
        }
        return components;
    }

    private static List<Path> datas(Path directory) throws IOException {
        return files(directory).stream()
                .filter(file -> file.toString().endsWith("-Data.db"))
                .sorted()
                .toList();
    }

    private static List<Path> files(Path directory) throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, "*-big-*")) {
            entries.forEach(files::add);
        }
        return files;
    }

    private static String sstable(Path file) {
        String name = file.getFileName().toString();
        return name.substring(0, name.lastIndexOf('-'));
    }

    private static String component(Path file) {
        String name = file.getFileName().toString();
        return name.substring(name.lastIndexOf('-') + 1);
    }

    private static List<String> lines(Path data) {
        try {
            return Files.readAllLines(data);
        } catch (IOException e) {
            throw FakeCassandra.unchecked(e);
        }
    }
}

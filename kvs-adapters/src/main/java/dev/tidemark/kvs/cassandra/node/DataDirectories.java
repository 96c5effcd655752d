package dev.tidemark.kvs.cassandra.node;

import dev.tidemark.kvs.files.DurableFiles;
import dev.tidemark.kvs.node.RelativePath;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The data directories of a node, as far as they belong to one keyspace. A table has a directory of the same name in each of them,
 * {@code TABLE-ID}; that of a dropped table stays while there are snapshots in it. A snapshot may lie in several of them.
 */
final class DataDirectories {
    private static final String SNAPSHOTS = "snapshots";
    private static final Pattern WITH_ID = Pattern.compile("(\\w+)-[0-9a-f]{32}");

    private final String keyspace;
    private final List<Path> roots;

    DataDirectories(String keyspace, List<Path> roots) {
        this.keyspace = keyspace;
        this.roots = List.copyOf(roots);
    }

    /**
     * A directory of a table.
     *
     * @param root number of the data directory, from 0
     * @param path where it is
     */
    record TableDirectory(int root, Path path) {
        String name() {
            return path.getFileName().toString();
        }

        String table() {
            return tableOf(name());
        }

        Path snapshots() {
            return path.resolve(SNAPSHOTS);
        }

        Path snapshot(String tag) {
            return snapshots().resolve(tag);
        }
    }

    /** Returns the table that a directory is of; tables that are older than Cassandra 2.1 have no id in it. */
    static String tableOf(String directory) {
        Matcher matcher = WITH_ID.matcher(directory);
        return matcher.matches() ? matcher.group(1) : directory;
    }

    List<Path> roots() {
        return roots;
    }

    /** Returns all directories of tables, ordered as the paths of files in them are. */
    List<TableDirectory> tables() throws IOException {
        List<TableDirectory> tables = new ArrayList<>();
        for (int i = 0; i < roots.size(); i++) {
            for (Path directory : directoriesIn(roots.get(i).resolve(keyspace))) {
                tables.add(new TableDirectory(i, directory));
            }
        }
        tables.sort(Comparator.comparing((TableDirectory table) -> table.name() + "/")
                .thenComparing(TableDirectory::root));
        return tables;
    }

    /** Returns the directories of a table's data with this name, one for each data directory that has one. */
    List<TableDirectory> named(String name) {
        List<TableDirectory> found = new ArrayList<>();
        for (int i = 0; i < roots.size(); i++) {
            Path directory = roots.get(i).resolve(keyspace).resolve(name);
            if (Files.isDirectory(directory)) {
                found.add(new TableDirectory(i, directory));
            }
        }
        return found;
    }

    /** Returns those directories of tables in which there is a part of a snapshot. */
    List<TableDirectory> withSnapshot(String tag) throws IOException {
        return tables().stream()
                .filter(table -> DurableFiles.isPlainDirectory(table.snapshot(tag)))
                .toList();
    }

    /**
     * Finds a file of a snapshot.
     *
     * @param path directory of the table, and the path below the snapshot's directory there
     * @throws IllegalArgumentException when a symbolic link is on the way
     */
    Optional<Path> find(String tag, RelativePath path) {
        List<String> segments = path.segments();
        if (segments.size() < 2) {
            return Optional.empty();
        }
        RelativePath below = new RelativePath(segments.subList(1, segments.size()));
        for (TableDirectory table : named(segments.get(0))) {
            Path file = below.resolve(table.snapshot(tag));
            if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                return Optional.of(file);
            }
        }
        return Optional.empty();
    }

    /** Returns the directories in a directory; none when it is not there. */
    static List<Path> directoriesIn(Path directory) throws IOException {
        List<Path> directories = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, Files::isDirectory)) {
            entries.forEach(directories::add);
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        }
        return directories;
    }

    @Override
    public String toString() {
        return roots.toString();
    }
}

package dev.tidemark.coordinator.archive.filesystem;

import dev.tidemark.coordinator.archive.object.ObjectInfo;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * One walk over the files below an archive's directory in the order of their keys. Each folder is read once, and a file is looked at
 * when its turn has come: so what a page leaves out costs no look, and a walk to the end costs one for each file. Not thread-safe.
 *
 * <p>In the order of keys a folder stands where its name followed by {@code /} does, so that {@code a-b} comes before {@code a/b}.
 * Names alone don't tell files from folders; a folder therefore waits, once it was looked at, until the names that come before it are
 * through.
 *
 * <p>Memory: the names of one folder on each level, about 100 bytes each.
 */
final class FileWalk {
    private static final String BEHIND_ALL = "\uffff";

    private final FileTree tree;
    private final String prefix;
    private final String startAfter;
    private final Predicate<ObjectInfo> visitor;
    private boolean isOver;

    /**
     * Prepares a walk.
     *
     * @param prefix how the keys begin
     * @param startAfter only keys greater than this text; folders whose keys are all at or before it are not entered
     * @param visitor returns false to end the walk
     */
    FileWalk(FileTree tree, String prefix, String startAfter, Predicate<ObjectInfo> visitor) {
        this.tree = tree;
        this.prefix = prefix;
        this.startAfter = startAfter;
        this.visitor = visitor;
    }

    /**
     * Visits the files below a folder.
     *
     * @param path key of the folder with a {@code /} at its end; empty for the root
     */
    void run(Path folder, String path) throws IOException {
        TreeMap<String, Path> waiting = new TreeMap<>();
        for (String name : names(folder, path)) {
            String key = path + name;
            enterBefore(key, waiting);
            if (isOver) {
                return;
            }
            Path child = folder.resolve(name);
            Optional<BasicFileAttributes> found = tree.attributesOf(child);
            if (found.isPresent() && found.get().isDirectory() && !isFolderPassed(key + "/")) {
                waiting.put(key + "/", child);
            } else if (found.isPresent() && found.get().isRegularFile() && !isFilePassed(key)) {
                isOver = !visitor.test(
                        new ObjectInfo(new ObjectKey(key), found.get().size()));
            }
        }
        enterBefore(BEHIND_ALL, waiting);
    }

    private void enterBefore(String key, TreeMap<String, Path> waiting) throws IOException {
        while (!isOver && !waiting.isEmpty() && waiting.firstKey().compareTo(key) < 0) {
            Map.Entry<String, Path> next = waiting.pollFirstEntry();
            run(next.getValue(), next.getKey());
        }
    }

    /** Returns the names in a folder, ordered, as far as they or something below them may have to be visited. */
    private List<String> names(Path folder, String path) throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            for (Path child : stream) {
                String name = child.getFileName().toString();
                String key = path + name;
                if (!(isFilePassed(key) && isFolderPassed(key + "/")) && ObjectKey.isValid(key)) {
                    names.add(name);
                }
            }
        } catch (NoSuchFileException e) {
            // The folder was removed meanwhile.
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        Collections.sort(names);
        return names;
    }

    private boolean isFilePassed(String key) {
        return key.compareTo(startAfter) <= 0 || !key.startsWith(prefix);
    }

    private boolean isFolderPassed(String folderKey) {
        return (startAfter.compareTo(folderKey) > 0 && !startAfter.startsWith(folderKey))
                || !(folderKey.startsWith(prefix) || prefix.startsWith(folderKey));
    }
}

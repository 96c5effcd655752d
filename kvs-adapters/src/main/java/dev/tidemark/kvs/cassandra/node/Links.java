package dev.tidemark.kvs.cassandra.node;

import dev.tidemark.kvs.files.DurableFiles;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives files to the node without losing them, and lists them. */
final class Links {
    private static final Logger LOG = LoggerFactory.getLogger(Links.class);

    private Links() {}

    /**
     * Makes a component available to the node under another name: by a link, or by a durable copy where it is on another file system. The
     * list of components is always copied, because it is the one component that the node changes in place.
     */
    static void give(Path file, Path target) throws IOException {
        if (file.getFileName().toString().endsWith("-" + SSTableName.TOC)) {
            copy(file, target);
            return;
        }
        try {
            Files.createLink(target, file);
        } catch (NoSuchFileException e) {
            throw e;
        } catch (IOException | UnsupportedOperationException e) {
            LOG.warn("copying '{}', because it can't be linked to '{}': {}", file, target, e.toString());
            copy(file, target);
        }
    }

    private static void copy(Path file, Path target) throws IOException {
        Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
        DurableFiles.syncFile(target);
    }

    /** Returns the plain files in a directory, ordered by name; none when it is not there. */
    static List<Path> filesIn(Path directory) throws IOException {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> entries =
                Files.newDirectoryStream(directory, entry -> Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS))) {
            entries.forEach(files::add);
        } catch (NoSuchFileException e) {
            return List.of();
        }
        files.sort(null);
        return files;
    }
}

package dev.tidemark.coordinator.archive.filesystem;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.object.ObjectInfo;
import dev.tidemark.kvs.ErrorCode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * The files and folders below an archive's directory, without ever following a symbolic link. Thread-safe.
 *
 * <p>That a folder is there does not say that it is durable: the process that created it may have died before the fsync of the
 * folder above. So the folder above is fsynced the first time that this process needs a folder, whoever created it.
 */
final class FileTree {
    private final Path root;
    private final FolderSync folderSync;

    /** Folders whose entries in the folders above are durable. */
    private final Set<Path> durable = ConcurrentHashMap.newKeySet();

    FileTree(Path root, FolderSync folderSync) {
        this.root = root;
        this.folderSync = folderSync;
    }

    /** Asks the system to make everything that was created in the folder durable. */
    static void force(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Makes everything that was created in the folder durable. */
    void sync(Path folder) throws IOException {
        folderSync.sync(folder);
    }

    /** Creates the root and those above it that are missing, durably, also where an earlier process got that far only. */
    void createRoot() throws IOException {
        if (!Files.isDirectory(root)) {
            Files.createDirectories(root);
        }
        for (Path folder = root.getParent(); folder != null && canBeOurs(folder); folder = folder.getParent()) {
            sync(folder);
        }
    }

    /** Tells whether a process like this one may have created something in the folder. */
    private boolean canBeOurs(Path folder) throws IOException {
        return Files.isWritable(folder)
                && Files.isReadable(folder)
                && Files.getFileStore(folder).equals(Files.getFileStore(root));
    }

    /** Returns what is at the path; nothing when it, or a folder on the way to it, is not there. */
    Optional<BasicFileAttributes> attributes(Path path) throws IOException {
        Path step = root;
        Optional<BasicFileAttributes> last = Optional.empty();
        for (Path name : root.relativize(path)) {
            step = step.resolve(name);
            last = attributesOf(step);
            if (last.isEmpty()) {
                return last;
            }
        }
        return last;
    }

    /** Creates the folder and those on the way to it, durably. */
    void createFolders(Path folder) throws IOException {
        Path step = root;
        if (folder.equals(root)) {
            return;
        }
        for (Path name : root.relativize(folder)) {
            Path parent = step;
            step = step.resolve(name);
            Optional<BasicFileAttributes> found = attributesOf(step);
            if (found.isEmpty()) {
                createFolder(step);
            } else if (!found.get().isDirectory()) {
                throw new NotDirectoryException(step.toString());
            }
            if (found.isEmpty() || !durable.contains(step)) {
                sync(parent);
                durable.add(step);
            }
        }
    }

    /**
     * Visits files in the order of their keys; see {@link FileWalk}.
     *
     * @param visitor returns false to end the walk
     */
    void walk(String prefix, String startAfter, Predicate<ObjectInfo> visitor) throws IOException {
        if (Files.isDirectory(root)) {
            new FileWalk(this, prefix, startAfter, visitor).run(root, "");
        }
    }

    /** Returns what is at the path, nothing when there is nothing; refuses a symbolic link. */
    Optional<BasicFileAttributes> attributesOf(Path path) throws IOException {
        try {
            BasicFileAttributes attributes =
                    Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (attributes.isSymbolicLink()) {
                throw new CoordinatorException(
                        ErrorCode.OBJECT_DAMAGED,
                        "'" + root.relativize(path) + "' in the archive at '" + root
                                + "' is a symbolic link (expected: a file or a folder)",
                        "Replace the link by what it points to, if that belongs to the archive.");
            }
            return Optional.of(attributes);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (FileSystemException e) {
            if ("Not a directory".equals(e.getReason())) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private static void createFolder(Path folder) throws IOException {
        try {
            Files.createDirectory(folder);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                throw e;
            }
        }
    }

    /** Makes the entries of a folder durable; the place where a test looks on. */
    @FunctionalInterface
    interface FolderSync {
        void sync(Path folder) throws IOException;
    }
}

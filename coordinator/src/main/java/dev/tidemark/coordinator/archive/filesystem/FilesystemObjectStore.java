package dev.tidemark.coordinator.archive.filesystem;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.object.ObjectInfo;
import dev.tidemark.coordinator.archive.object.ObjectKey;
import dev.tidemark.coordinator.archive.object.ObjectStore;
import dev.tidemark.coordinator.archive.object.ObjectStoreChecks;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.files.FileErrors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Objects as files: the key is the path below a directory. Thread-safe; several processes may use one directory.
 *
 * <p>Creation: the content is written to {@code tmp/}, fsynced, given its name by link(2), which fails when the name is taken,
 * and the directory is fsynced. A crash in between leaves at most a file in {@code tmp/}, which the next writer removes.
 * Symbolic links inside the directory are never followed; the directory itself may be reached through one.
 */
public final class FilesystemObjectStore implements ObjectStore {
    /**
     * Contents are read and written in pieces of this length. The JDK copies each through memory outside of the heap, which it
     * keeps for each thread: so it stays small, and in the processor's cache.
     */
    private static final int TRANSFER_BYTES = 256 << 10;

    private static final int MAX_ATTEMPTS = 3;
    private static final String FULL_HINT =
            "Free space, or file names (df -i), on the disk of the archive and run the command again.";

    private final Path root;
    private final TemporaryFiles temporaryFiles;
    private final FileTree tree;
    private boolean isPrepared;

    FilesystemObjectStore(
            Path root, RandomGenerator random, TemporaryFiles.ContentSink sink, FileTree.FolderSync folderSync) {
        this.root = root;
        temporaryFiles = new TemporaryFiles(root, random, sink);
        tree = new FileTree(root, folderSync);
    }

    /**
     * Opens a directory; it is created with the first object.
     *
     * @param directory place of the archive
     * @param random names temporary files
     */
    public static FilesystemObjectStore open(Path directory, RandomGenerator random) {
        return new FilesystemObjectStore(
                directory.toAbsolutePath().normalize(), random, FilesystemObjectStore::writeFully, FileTree::force);
    }

    @Override
    public void create(ObjectKey key, ByteBuffer content) {
        ObjectStoreChecks.requireSize(content.remaining());
        try {
            prepare();
            tree.createFolders(path(key).getParent());
            for (int attempt = 1; !tryCreate(key, content, attempt == MAX_ATTEMPTS); attempt++) {
                // The temporary file was taken for a leftover; with a new one it works.
            }
        } catch (FileAlreadyExistsException e) {
            throw existsDurably(key);
        } catch (UnsupportedOperationException e) {
            throw noHardLinks(e);
        } catch (IOException e) {
            throw translate("create object '" + key + "'", e);
        }
    }

    @Override
    public byte[] read(ObjectKey key) {
        ByteBuffer content = read(key, ByteBuffer.allocate(0));
        return content.remaining() == content.capacity()
                ? content.array()
                : Arrays.copyOf(content.array(), content.remaining());
    }

    @Override
    public ByteBuffer read(ObjectKey key, ByteBuffer spare) {
        try (FileChannel channel = open(key)) {
            long size = channel.size();
            if (size > MAX_OBJECT_BYTES) {
                throw ObjectStoreChecks.tooLarge(key, size);
            }
            boolean isLargeEnough = spare.capacity() >= size;
            ByteBuffer content = isLargeEnough ? spare.clear().limit((int) size) : ByteBuffer.allocate((int) size);
            readFully(channel, 0, content);
            return content.flip();
        } catch (NoSuchFileException e) {
            throw ObjectStoreChecks.missing(key);
        } catch (IOException e) {
            throw translate("read object '" + key + "'", e);
        }
    }

    @Override
    public byte[] read(ObjectKey key, long offset, int length) {
        ObjectStoreChecks.requireRange(offset, length);
        try (FileChannel channel = open(key)) {
            long available = Math.max(0, channel.size() - offset);
            ByteBuffer content = ByteBuffer.allocate((int) Math.min(length, available));
            readFully(channel, offset, content);
            return content.array();
        } catch (NoSuchFileException e) {
            throw ObjectStoreChecks.missing(key);
        } catch (IOException e) {
            throw translate("read object '" + key + "'", e);
        }
    }

    @Override
    public Optional<ObjectInfo> head(ObjectKey key) {
        try {
            return tree.attributes(path(key))
                    .filter(BasicFileAttributes::isRegularFile)
                    .map(attributes -> new ObjectInfo(key, attributes.size()));
        } catch (IOException e) {
            throw translate("look for object '" + key + "'", e);
        }
    }

    @Override
    public List<ObjectInfo> list(String prefix, String startAfter, int limit) {
        ObjectStoreChecks.requireLimit(limit);
        try {
            List<ObjectInfo> page = new ArrayList<>();
            tree.walk(prefix, startAfter, info -> {
                page.add(info);
                return page.size() < limit;
            });
            return page;
        } catch (IOException e) {
            throw translate("list '" + prefix + "'", e);
        }
    }

    /** One walk, where pages would read each folder again and again. */
    @Override
    public void forEach(String prefix, Consumer<ObjectInfo> action) {
        try {
            tree.walk(prefix, "", info -> {
                action.accept(info);
                return true;
            });
        } catch (IOException e) {
            throw translate("list '" + prefix + "'", e);
        }
    }

    @Override
    public void delete(ObjectKey key) {
        try {
            Path path = path(key);
            if (tree.attributes(path).filter(BasicFileAttributes::isRegularFile).isPresent()
                    && Files.deleteIfExists(path)) {
                tree.sync(path.getParent());
            }
        } catch (IOException e) {
            throw translate("delete object '" + key + "'", e);
        }
    }

    @Override
    public String location() {
        return root.toString();
    }

    private synchronized void prepare() throws IOException {
        if (!isPrepared) {
            tree.createRoot();
            tree.createFolders(temporaryFiles.folder());
            temporaryFiles.removeLeftovers();
            isPrepared = true;
        }
    }

    /** Returns false when the temporary file vanished under our hands. */
    private boolean tryCreate(ObjectKey key, ByteBuffer content, boolean isLast) throws IOException {
        Path target = path(key);
        try {
            temporaryFiles.with(content, file -> {
                Files.createLink(target, file);
                tree.sync(target.getParent());
            });
            return true;
        } catch (NoSuchFileException e) {
            if (isLast) {
                throw e;
            }
            return false;
        }
    }

    /** The other creator may not have got as far as the fsync of the directory. */
    private CoordinatorException existsDurably(ObjectKey key) {
        try {
            tree.sync(path(key).getParent());
        } catch (IOException e) {
            return translate("create object '" + key + "'", e);
        }
        return ObjectStoreChecks.exists(key);
    }

    private FileChannel open(ObjectKey key) throws IOException {
        Path path = path(key);
        if (tree.attributes(path).filter(BasicFileAttributes::isRegularFile).isEmpty()) {
            throw new NoSuchFileException(path.toString());
        }
        return FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    }

    private Path path(ObjectKey key) {
        return root.resolve(key.value());
    }

    private static void readFully(FileChannel channel, long offset, ByteBuffer target) throws IOException {
        int end = target.limit();
        while (target.position() < end) {
            target.limit(Math.min(end, target.position() + TRANSFER_BYTES));
            if (channel.read(target, offset + target.position()) < 0) {
                throw new IOException("the file became shorter while it was read");
            }
        }
    }

    private static void writeFully(FileChannel channel, ByteBuffer content) throws IOException {
        int end = content.limit();
        while (content.position() < end) {
            content.limit(Math.min(end, content.position() + TRANSFER_BYTES));
            channel.write(content);
        }
    }

    private CoordinatorException noHardLinks(Exception cause) {
        return new CoordinatorException(
                ErrorCode.ARCHIVE_TOO_WEAK,
                "the filesystem of '" + root + "' has no hard links",
                "Put the archive on another filesystem.",
                cause);
    }

    private CoordinatorException translate(String action, IOException cause) {
        if (cause instanceof ClosedByInterruptException) {
            return new CoordinatorException(
                    ErrorCode.INTERRUPTED, "interrupted while it tried to " + action, "", cause);
        }
        if (isDiskFull(cause)) {
            return new CoordinatorException(
                    ErrorCode.DISK_FULL, "cannot " + action + " at '" + root + "': the disk is full", FULL_HINT, cause);
        }
        if (reason(cause).contains("cross-device link")) {
            return new CoordinatorException(
                    ErrorCode.ARCHIVE_TOO_WEAK,
                    "cannot " + action + " at '" + root + "': parts of it are on another filesystem",
                    "Put the whole directory of the archive on one filesystem and run the command again.",
                    cause);
        }
        return new CoordinatorException(
                ErrorCode.ARCHIVE_UNAVAILABLE,
                "cannot " + action + " at '" + root + "': " + reason(cause),
                FileErrors.hint(reason(cause)).orElse("Check that the directory can be reached and written."),
                cause);
    }

    private static boolean isDiskFull(IOException e) {
        String reason = reason(e);
        return reason.contains("No space left on device") || reason.contains("Disk quota exceeded");
    }

    private static String reason(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "permission denied for '" + e.getMessage() + "'";
        }
        if (e instanceof FileSystemException failure && failure.getReason() != null) {
            return failure.getReason();
        }
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}

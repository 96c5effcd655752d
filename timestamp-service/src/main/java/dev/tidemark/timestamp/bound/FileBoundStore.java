package dev.tidemark.timestamp.bound;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.IssuedPoint;
import dev.tidemark.timestamp.NamespaceName;
import dev.tidemark.timestamp.TimestampException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.stream.Stream;

/**
 * Bounds in files of a data directory on a local file system:
 *
 * <pre>
 * DATA/lock                       locked by the process that has the store open
 * DATA/holder                     names that process, for people
 * DATA/namespaces/NAME/bound      two records, see {@link BoundFile} for what they promise and why
 * DATA/namespaces/NAME/time-index the time index, see {@link TimeIndexFile}; missing when it is empty
 * DATA/namespaces/.creating-NAME  a namespace whose creation was interrupted; removed by the next attempt
 * </pre>
 *
 * <p>A namespace appears whole, by one rename: a directory without its bound file was damaged, and is never taken for a
 * new namespace, whose sequence would begin at 1.
 */
public final class FileBoundStore implements BoundStore {
    private static final String BOUND_FILE = "bound";
    private static final String TIME_INDEX_FILE = "time-index";
    private static final String CREATING_PREFIX = ".creating-";

    private final Path directory;
    private final Path namespacesDirectory;
    private final DirectoryLock lock;
    private final BlockFile.Opener opener;
    private final ConcurrentMap<String, BoundFile> files = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, TimeIndexFile> timeIndexes = new ConcurrentHashMap<>();
    private volatile boolean isClosed;

    private FileBoundStore(Path directory, DirectoryLock lock, BlockFile.Opener opener) {
        this.directory = directory;
        this.namespacesDirectory = directory.resolve("namespaces");
        this.lock = lock;
        this.opener = opener;
    }

    /**
     * Opens the store in a directory, which is created if needed, and locks it until {@link #close} or the end of the
     * process.
     *
     * @throws TimestampException {@link ErrorCode#BOUND_STORE_IN_USE} when a process, this one included, has it open
     */
    public static FileBoundStore open(Path directory) {
        return open(directory, BlockFile.Opener.system());
    }

    static FileBoundStore open(Path directory, BlockFile.Opener opener) {
        Path absolute = directory.toAbsolutePath().normalize();
        try {
            Path namespaces = absolute.resolve("namespaces");
            createDirectories(absolute, opener);
            createDirectories(namespaces, opener);
            opener.forceDirectory(namespaces); // a creation may have died before it did this
            return new FileBoundStore(absolute, DirectoryLock.acquire(absolute.toRealPath()), opener);
        } catch (IOException e) {
            throw BoundFile.translate("open", absolute, e);
        }
    }

    @Override
    public SortedSet<String> namespaces() {
        checkOpen();
        SortedSet<String> names = new TreeSet<>();
        try (Stream<Path> entries = Files.list(namespacesDirectory)) {
            entries.filter(Files::isDirectory)
                    .map(entry -> entry.getFileName().toString())
                    .filter(NamespaceName::isValid)
                    .forEach(names::add);
        } catch (IOException e) {
            throw BoundFile.translate("list", namespacesDirectory, e);
        }
        return names;
    }

    @Override
    public synchronized BoundState create(String namespace, BoundState initial) {
        checkOpen();
        NamespaceName.check(namespace);
        if (!exists(namespace)) {
            createDirectory(namespace, initial);
        }
        try {
            // Also when it exists: an earlier call may have failed right here.
            opener.forceDirectory(namespacesDirectory);
        } catch (IOException e) {
            throw BoundFile.translate("create", namespacesDirectory, e);
        }
        return file(namespace).read();
    }

    @Override
    public BoundState read(String namespace) {
        checkExists(namespace);
        return file(namespace).read();
    }

    @Override
    public void compareAndSet(String namespace, BoundState expected, BoundState next) {
        BoundErrors.checkNotLowered(expected, next);
        checkOpen();
        file(namespace).compareAndSet(expected, next);
    }

    @Override
    public void addPoint(String namespace, IssuedPoint point) {
        timeIndex(namespace).add(point);
    }

    @Override
    public Optional<IssuedPoint> lastPoint(String namespace) {
        return timeIndex(namespace).last();
    }

    @Override
    public List<IssuedPoint> points(String namespace, long afterTimestamp, int maxPoints) {
        return timeIndex(namespace).read(afterTimestamp, maxPoints);
    }

    @Override
    public synchronized void close() {
        isClosed = true;
        try {
            lock.release();
        } catch (IOException e) {
            throw BoundFile.translate("close", directory, e);
        }
    }

    private void createDirectory(String namespace, BoundState initial) {
        Path creating = namespacesDirectory.resolve(CREATING_PREFIX + namespace);
        try {
            Path bound = creating.resolve(BOUND_FILE);
            Files.createDirectories(creating);
            Files.deleteIfExists(bound);
            Files.createFile(bound);
            new BoundFile(bound, namespace, opener).initialize(initial);
            opener.forceDirectory(creating);
            Files.move(creating, namespacesDirectory.resolve(namespace), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw BoundFile.translate("create", creating, e);
        }
    }

    private boolean exists(String namespace) {
        return Files.isDirectory(namespacesDirectory.resolve(namespace));
    }

    private void checkExists(String namespace) {
        checkOpen();
        if (!NamespaceName.isValid(namespace) || !exists(namespace)) {
            throw BoundErrors.unknown(namespace, namespaces());
        }
    }

    private BoundFile file(String namespace) {
        return files.computeIfAbsent(
                namespace,
                name -> new BoundFile(namespacesDirectory.resolve(name).resolve(BOUND_FILE), name, opener));
    }

    private TimeIndexFile timeIndex(String namespace) {
        checkExists(namespace);
        return timeIndexes.computeIfAbsent(
                namespace,
                name -> new TimeIndexFile(namespacesDirectory.resolve(name).resolve(TIME_INDEX_FILE), name, opener));
    }

    private void checkOpen() {
        if (isClosed) {
            throw BoundErrors.closed();
        }
    }

    /** Creates a directory and those above it that are missing, and makes their names durable, from the top down. */
    private static void createDirectories(Path directory, BlockFile.Opener opener) throws IOException {
        Path parent = directory.getParent();
        if (parent == null) {
            return;
        }
        if (Files.isDirectory(directory)) {
            try {
                // Whoever created it may have died before its name was durable.
                opener.forceDirectory(parent);
            } catch (AccessDeniedException e) {
                return; // the directory of somebody else, who has created this one
            }
            return;
        }
        createDirectories(parent, opener);
        try {
            Files.createDirectory(directory);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(directory)) {
                throw e;
            }
        }
        opener.forceDirectory(parent);
    }
}

package dev.tidemark.kvs.rocksdb;

import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TidemarkException;
import dev.tidemark.kvs.files.DurableFiles;
import dev.tidemark.kvs.files.FileErrors;
import dev.tidemark.kvs.files.FileListing;
import dev.tidemark.kvs.node.RelativePath;
import dev.tidemark.kvs.node.SnapshotFile;
import dev.tidemark.kvs.node.SnapshotTag;
import dev.tidemark.kvs.rocksdb.directory.StoreDirectory;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.rocksdb.RocksDBException;

/**
 * The snapshots in a store's directory. One is made beside the complete ones under a name that no tag can have, and renamed when
 * it is whole and durable; it is removed the other way round. So every directory that bears a tag's name is a complete snapshot,
 * and reading needs no lock. Only the holder of the directory's lock takes snapshots.
 */
final class SnapshotDirectory {
    private static final String MAKING = ".making-";
    private static final String DROPPING = ".dropping-";
    private static final String FILES = "files";
    private static final String LISTING = "listing";

    private final StoreDirectory directory;

    SnapshotDirectory(StoreDirectory directory) {
        this.directory = directory;
    }

    /** Puts the files of a snapshot into a directory that does not exist yet. */
    @FunctionalInterface
    interface Source {
        void copyTo(Path target) throws IOException, RocksDBException;
    }

    boolean exists(SnapshotTag tag) {
        return Files.isDirectory(place(tag), LinkOption.NOFOLLOW_LINKS);
    }

    /** Takes a snapshot; one that exists is left as it is. The caller holds the lock of the directory. */
    synchronized void take(SnapshotTag tag, Source source) {
        if (exists(tag)) {
            return;
        }
        Path making = directory.snapshots().resolve(MAKING + tag);
        try {
            DurableFiles.deleteTree(making);
            DurableFiles.createDirectories(directory.snapshots());
            Files.createDirectory(making);
            Path files = making.resolve(FILES);
            source.copyTo(files);
            removeEmptyLogs(files);
            SnapshotListing.write(files, making.resolve(LISTING));
            DurableFiles.syncDirectories(making);
            DurableFiles.rename(making, place(tag));
            DurableFiles.syncDirectory(directory.snapshots());
            DurableFiles.syncDirectory(directory.root());
        } catch (IOException e) {
            discard(making);
            throw failed(tag, FileErrors.translate("write", making, e));
        } catch (RocksDBException e) {
            discard(making);
            throw failed(tag, RocksDbErrors.translate("take a snapshot of", directory, e));
        } catch (KeyValueStoreException e) {
            discard(making);
            throw e;
        }
    }

    /** Returns the tags of all complete snapshots. Whatever else lies there, such as {@code lost+found}, is none. */
    SortedSet<SnapshotTag> tags() {
        SortedSet<SnapshotTag> tags = new TreeSet<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory.snapshots())) {
            for (Path entry : entries) {
                tagOf(entry).filter(this::exists).ifPresent(tags::add);
            }
        } catch (NoSuchFileException e) {
            return tags;
        } catch (IOException e) {
            throw FileErrors.translate("list", directory.snapshots(), e);
        }
        return tags;
    }

    CloseableIterator<SnapshotFile> files(SnapshotTag tag, String afterPath) {
        try {
            return FileListing.open(place(tag).resolve(LISTING), afterPath);
        } catch (NoSuchFileException e) {
            throw missing("snapshot '" + tag + "'", e);
        } catch (IOException e) {
            throw FileErrors.translate("list", place(tag), e);
        }
    }

    ReadableByteChannel open(SnapshotTag tag, String path) {
        String what = "file '" + path + "' of snapshot '" + tag + "'";
        try {
            Path file = RelativePath.parse(path).resolve(place(tag).resolve(FILES));
            if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                throw new NoSuchFileException(file.toString());
            }
            return Files.newByteChannel(file, StandardOpenOption.READ);
        } catch (NoSuchFileException | IllegalArgumentException e) {
            throw missing(what, e);
        } catch (IOException e) {
            throw FileErrors.translate("read", place(tag).resolve(FILES), e);
        }
    }

    /** Removes a snapshot, and what an interrupted removal of it has left; several processes may do so at once. */
    void drop(SnapshotTag tag) {
        Path dropping = directory.snapshots().resolve(DROPPING + tag);
        try {
            while (exists(tag)) {
                DurableFiles.deleteTree(dropping);
                moveAway(place(tag), dropping);
            }
            DurableFiles.deleteTree(dropping);
        } catch (IOException e) {
            throw FileErrors.translate("drop", place(tag), e);
        }
    }

    /** Removes what crashes have left. The caller holds the lock of the directory. */
    void removeLeftovers() {
        try (DirectoryStream<Path> leftovers =
                Files.newDirectoryStream(directory.snapshots(), SnapshotDirectory::isHidden)) {
            for (Path leftover : leftovers) {
                DurableFiles.deleteTree(leftover);
            }
        } catch (NoSuchFileException e) {
            return;
        } catch (IOException e) {
            throw FileErrors.translate("clean", directory.snapshots(), e);
        }
    }

    private static void moveAway(Path from, Path to) throws IOException {
        try {
            DurableFiles.rename(from, to);
            DurableFiles.syncDirectory(to.getParent());
        } catch (NoSuchFileException | FileAlreadyExistsException e) {
            // Another process drops the same snapshot; the caller looks again.
        }
    }

    /** An empty log adds nothing, and its number changes each time the store is opened. */
    private static void removeEmptyLogs(Path files) throws IOException {
        try (DirectoryStream<Path> logs = Files.newDirectoryStream(files, "*.log")) {
            for (Path log : logs) {
                if (Files.size(log) == 0) {
                    Files.delete(log);
                }
            }
        }
    }

    private static Optional<SnapshotTag> tagOf(Path entry) {
        String name = entry.getFileName().toString();
        return SnapshotTag.isValid(name) ? Optional.of(new SnapshotTag(name)) : Optional.empty();
    }

    private static boolean isHidden(Path entry) {
        return entry.getFileName().toString().startsWith(".");
    }

    private Path place(SnapshotTag tag) {
        return directory.snapshots().resolve(tag.tag());
    }

    private static void discard(Path making) {
        try {
            DurableFiles.deleteTree(making);
        } catch (IOException e) {
            // The next owner removes it; the error that led here is what matters.
        }
    }

    private static TidemarkException failed(SnapshotTag tag, KeyValueStoreException cause) {
        if (cause.code() == ErrorCode.DISK_FULL || cause.code() == ErrorCode.STORE_DAMAGED) {
            return cause;
        }
        return new KeyValueStoreException(
                ErrorCode.SNAPSHOT_FAILED,
                "cannot take snapshot '" + tag + "': " + cause.getMessage(),
                cause.hint(),
                cause);
    }

    private KeyValueStoreException missing(String what, Exception cause) {
        return new KeyValueStoreException(
                ErrorCode.SNAPSHOT_FAILED,
                what + " of store '" + directory + "' does not exist",
                "Take a new snapshot; run the backup again.",
                cause);
    }
}

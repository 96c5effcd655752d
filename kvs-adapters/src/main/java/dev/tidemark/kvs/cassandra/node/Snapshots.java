package dev.tidemark.kvs.cassandra.node;

import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.cassandra.node.DataDirectories.TableDirectory;
import dev.tidemark.kvs.cassandra.node.jmx.NodeJmx;
import dev.tidemark.kvs.files.DurableFiles;
import dev.tidemark.kvs.files.FileErrors;
import dev.tidemark.kvs.files.FileListing;
import dev.tidemark.kvs.files.Steps;
import dev.tidemark.kvs.node.RelativePath;
import dev.tidemark.kvs.node.SnapshotFile;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The snapshots of one keyspace that an agent has taken, by Cassandra's tags.
 *
 * <p>Cassandra takes a snapshot table by table and does not say, after a crash, whether it was done with all. So the agent writes a
 * listing when the call has returned and everything is durable: a snapshot is complete when its listing is there, and one without is
 * taken anew. It is removed the other way round. Whoever reads a snapshot is told when a file of the listing is missing or is not the
 * one that was listed: operators remove snapshots too. Thread-safe.
 */
final class Snapshots {
    private static final String SUFFIX = ".listing";

    private final String keyspace;
    private final NodeJmx jmx;
    private final DataDirectories data;
    private final Path listings;
    private final Steps steps;

    /**
     * Creates access.
     *
     * @param listings the directory for the listings; exists
     */
    Snapshots(String keyspace, NodeJmx jmx, DataDirectories data, Path listings, Steps steps) {
        this.keyspace = keyspace;
        this.jmx = jmx;
        this.data = data;
        this.listings = listings;
        this.steps = steps;
    }

    boolean exists(String tag) {
        return Files.exists(listing(tag));
    }

    /** Returns the tags of all complete snapshots. */
    SortedSet<String> tags() {
        SortedSet<String> tags = new TreeSet<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(listings, "*" + SUFFIX)) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                tags.add(name.substring(0, name.length() - SUFFIX.length()));
            }
            return tags;
        } catch (IOException e) {
            throw FileErrors.translate("list", listings, e);
        }
    }

    /**
     * Takes a snapshot of the whole keyspace; one that exists is left as it is. One caller at a time: two would find each other's
     * half.
     *
     * @throws KeyValueStoreException {@link ErrorCode#STORE_UNAVAILABLE} when there is no keyspace,
     *     {@link ErrorCode#SNAPSHOT_FAILED} when the snapshot could not be taken, or is not where it should be
     */
    synchronized void take(String tag) {
        if (exists(tag)) {
            return;
        }
        Set<String> before = jmx.tables(keyspace);
        if (before.isEmpty()) {
            throw new KeyValueStoreException(
                    ErrorCode.STORE_UNAVAILABLE,
                    "the node has no keyspace '" + keyspace + "', or no table in it",
                    "Correct the name of the keyspace, or restore it from a backup.");
        }
        FileErrors.translating("look for an unfinished snapshot in", listings, () -> {
            removeFolders(tag);
            return null;
        });
        steps.before("take snapshot");
        takeOrLeaveNothing(tag);
        Set<String> stillThere = jmx.tables(keyspace);
        stillThere.retainAll(before); // one that was dropped or created meanwhile may be in the snapshot or not
        FileErrors.translating("list the snapshot in", listings, () -> {
            List<TableDirectory> tables = data.withSnapshot(tag);
            requireAll(stillThere, tables);
            steps.before("sync snapshot");
            for (TableDirectory table : tables) {
                DurableFiles.syncDirectories(table.snapshot(tag));
                DurableFiles.syncDirectory(table.snapshots());
                DurableFiles.syncDirectory(table.path());
            }
            steps.before("write listing");
            SnapshotFiles.write(tables, tag, listing(tag));
            return null;
        });
    }

    private void takeOrLeaveNothing(String tag) {
        try {
            jmx.takeSnapshot(keyspace, tag);
        } catch (KeyValueStoreException e) {
            if (e.code() != ErrorCode.STORE_UNAVAILABLE) {
                remove(tag);
            }
            throw e; // a node that does not answer may still take it: the next attempt, or who drops it, removes it
        }
    }

    /** The data directories of another node would hold nothing, and an empty snapshot would be an empty backup. */
    private void requireAll(Set<String> tables, List<TableDirectory> found) {
        Set<String> present = found.stream().map(TableDirectory::table).collect(Collectors.toSet());
        Set<String> missing = new TreeSet<>(tables);
        missing.removeAll(present);
        if (!missing.isEmpty()) {
            throw new KeyValueStoreException(
                    ErrorCode.SNAPSHOT_FAILED,
                    "the snapshot of tables " + missing + " of keyspace '" + keyspace + "' is not in " + data,
                    "List all data directories of this node, and no other's, in the agent's configuration.");
        }
    }

    /** Lists the files of a snapshot behind a path, in order, and looks at each. */
    CloseableIterator<SnapshotFile> files(String tag, String afterPath) {
        try {
            return new CheckedFiles(FileListing.open(listing(tag), afterPath), file -> requireUnchanged(tag, file));
        } catch (NoSuchFileException e) {
            throw missing("snapshot '" + tag + "'", e);
        } catch (IOException e) {
            throw FileErrors.translate("list", listing(tag), e);
        }
    }

    private void requireUnchanged(String tag, SnapshotFile listed) {
        try {
            Path file = data.find(tag, RelativePath.parse(listed.path()))
                    .orElseThrow(() -> missing("file '" + listed.path() + "' of snapshot '" + tag + "'", null));
            if (!SnapshotFiles.describe(file, listed.path()).equals(listed)) {
                throw missing("file '" + listed.path() + "' of snapshot '" + tag + "' as it was listed", null);
            }
        } catch (NoSuchFileException | IllegalArgumentException e) {
            throw missing("file '" + listed.path() + "' of snapshot '" + tag + "'", e);
        } catch (IOException e) {
            throw FileErrors.translate("look at", Path.of(listed.path()), e);
        }
    }

    ReadableByteChannel open(String tag, String path) {
        String what = "file '" + path + "' of snapshot '" + tag + "'";
        if (!exists(tag)) {
            throw missing(what, null);
        }
        try {
            Path file = data.find(tag, RelativePath.parse(path)).orElseThrow(() -> missing(what, null));
            return Files.newByteChannel(file, StandardOpenOption.READ);
        } catch (NoSuchFileException | IllegalArgumentException e) {
            throw missing(what, e);
        } catch (IOException e) {
            throw FileErrors.translate("read", Path.of(path), e);
        }
    }

    /** Refuses when a file of a snapshot is missing. */
    void requireWhole(String tag) {
        try (CloseableIterator<SnapshotFile> files = files(tag, "")) {
            files.forEachRemaining(file -> {});
        }
    }

    /** Returns the directories that hold a snapshot, one or more for each table. */
    List<TableDirectory> directories(String tag) throws IOException {
        return data.withSnapshot(tag);
    }

    /** Removes a snapshot, also one that is not complete, and also while the node is down; does nothing when there is none. */
    synchronized void remove(String tag) {
        FileErrors.translating("remove the snapshot of", listing(tag), () -> {
            steps.before("remove listing");
            if (Files.deleteIfExists(listing(tag))) {
                DurableFiles.syncDirectory(listings);
            }
            steps.before("remove snapshot");
            removeFolders(tag);
            return null;
        });
    }

    private void removeFolders(String tag) throws IOException {
        List<TableDirectory> tables = data.withSnapshot(tag);
        if (tables.isEmpty()) {
            return;
        }
        try {
            jmx.clearSnapshot(keyspace, tag); // so that the node knows
        } catch (KeyValueStoreException e) {
            if (e.code() != ErrorCode.STORE_UNAVAILABLE) {
                throw e;
            }
        }
        for (TableDirectory table : tables) {
            DurableFiles.deleteTree(table.snapshot(tag));
        }
    }

    private Path listing(String tag) {
        return listings.resolve(tag + SUFFIX);
    }

    private KeyValueStoreException missing(String what, Exception cause) {
        return new KeyValueStoreException(
                ErrorCode.SNAPSHOT_FAILED,
                what + " is not in " + data,
                "Leave snapshots whose names begin with 'tidemark' alone; run the backup again, which takes a new one.",
                cause);
    }
}

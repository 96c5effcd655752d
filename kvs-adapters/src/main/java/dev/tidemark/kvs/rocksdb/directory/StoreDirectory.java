package dev.tidemark.kvs.rocksdb.directory;

import dev.tidemark.kvs.node.RestoreId;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/**
 * The places in a store's directory.
 *
 * <pre>
 * lock                    locked by the owner; always empty
 * holder                  process id and use of the owner, for messages; worth nothing unless the lock is held
 * owner.json              how to reach the owner; worth nothing unless the lock is held
 * data/                   the files of RocksDB
 * snapshots/TAG/files/    the files of a snapshot
 * snapshots/TAG/listing   their sizes and identities
 * snapshots/.making-TAG   a snapshot that is being taken; .dropping-TAG: one that is being removed
 * restore/ID/files/       what a restore has staged; becomes data
 * restore/ID/parts/       files that are being staged
 * restore/.discarded-ID   a staging area that is being removed
 * restore/.epoch-N        a restore with epoch N was seen
 * safety/ID/              what data was before restore ID changed it
 * safety/.making-ID       a safety copy that is being made; .dropping-ID: one that is being removed
 * safety/.held-ID         what data was before restore ID brought a safety copy back; until that has ended
 * restore.json            the mark: data is in the hands of a restore that has not ended, and in which phase
 * restored.json           the restore that ended last
 * </pre>
 *
 * @param root the store's directory, absolute
 */
public record StoreDirectory(Path root) {
    /** Makes the path absolute. */
    public StoreDirectory {
        root = root.toAbsolutePath().normalize();
    }

    /** Returns the file that says how to reach the owner. */
    public Path ownerFile() {
        return root.resolve("owner.json");
    }

    /** Returns the directory of RocksDB. */
    public Path data() {
        return root.resolve("data");
    }

    /** Returns the directory of all snapshots. */
    public Path snapshots() {
        return root.resolve("snapshots");
    }

    /** Returns the directory of all staging areas. */
    public Path restores() {
        return root.resolve("restore");
    }

    /** Returns the directory of one staging area. */
    public Path restore(RestoreId restore) {
        return restores().resolve(restore.id());
    }

    /** Returns what one staging area is called while it is removed. */
    public Path discarded(RestoreId restore) {
        return restores().resolve(".discarded-" + restore.id());
    }

    /** Returns the directory of all safety copies. */
    public Path safetyCopies() {
        return root.resolve("safety");
    }

    /** Returns the directory of one safety copy, named by the restore that it was made for. */
    public Path safetyCopy(String restore) {
        return safetyCopies().resolve(restore);
    }

    /** Returns what a safety copy is called while it is made. */
    Path makingSafetyCopy(String restore) {
        return safetyCopies().resolve(".making-" + restore);
    }

    /** Returns what a safety copy, or data that are not wanted, are called while they are removed. */
    Path droppingSafetyCopy(String restore) {
        return safetyCopies().resolve(".dropping-" + restore);
    }

    /** Returns where data are held while the restore has a safety copy in their place. */
    public Path heldData(RestoreId restore) {
        return safetyCopies().resolve(".held-" + restore.id());
    }

    /** Returns the mark of a restore that has not ended. */
    public Path marker() {
        return root.resolve("restore.json");
    }

    /** Returns the record of the restore that ended last. */
    public Path restored() {
        return root.resolve("restored.json");
    }

    /** Tells whether there is any data; a directory without entries has none, anything else that bears the name has. */
    public boolean hasData() throws IOException {
        return hasEntries(data());
    }

    /** Tells whether a directory has entries, or is something else than a directory; false when it is not there. */
    static boolean hasEntries(Path directory) throws IOException {
        if (Files.isSymbolicLink(directory)) {
            return true;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            return entries.iterator().hasNext();
        } catch (NoSuchFileException e) {
            return false;
        } catch (NotDirectoryException e) {
            return true;
        }
    }

    @Override
    public String toString() {
        return root.toString();
    }
}

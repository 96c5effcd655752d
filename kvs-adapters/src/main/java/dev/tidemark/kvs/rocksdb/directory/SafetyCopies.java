package dev.tidemark.kvs.rocksdb.directory;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.files.DirectoryLock;
import dev.tidemark.kvs.files.DirectoryLock.Use;
import dev.tidemark.kvs.files.DurableFiles;
import dev.tidemark.kvs.files.FileErrors;
import dev.tidemark.kvs.files.Steps;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.time.Sleeper;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The safety copies of a store. One gets its name by one rename, from the data themselves or from a copy of them that is whole and
 * durable, and loses it by one rename: so every entry that bears the id of a restore is complete, and one whose name begins with a
 * dot is not. Thread-safe.
 */
public final class SafetyCopies {
    private final StoreDirectory directory;
    private final RestoreState state;
    private final Sleeper sleeper;
    private final Steps steps;

    /** Creates access; the sleeper waits for visitors of the store. */
    public SafetyCopies(StoreDirectory directory, Sleeper sleeper) {
        this(directory, sleeper, step -> {});
    }

    SafetyCopies(StoreDirectory directory, Sleeper sleeper, Steps steps) {
        this.directory = directory;
        this.state = new RestoreState(directory);
        this.sleeper = sleeper;
        this.steps = steps;
    }

    /** As {@link dev.tidemark.kvs.node.StoreNode#safetyCopies}. */
    public SortedSet<String> names() {
        SortedSet<String> names = new TreeSet<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory.safetyCopies())) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                if (isPresent(name)) {
                    names.add(name);
                }
            }
        } catch (NoSuchFileException e) {
            return names;
        } catch (IOException e) {
            throw FileErrors.translate("list", directory.safetyCopies(), e);
        }
        return names;
    }

    /**
     * Tells whether there is a safety copy with this name. It may be a link: whoever keeps the data elsewhere keeps what was set
     * aside there too.
     */
    boolean isPresent(String safetyCopy) {
        return RestoreId.isValid(safetyCopy) && DurableFiles.isTaken(directory.safetyCopy(safetyCopy));
    }

    /** As {@link dev.tidemark.kvs.node.StoreNode#dropSafetyCopy}. */
    public void drop(RestoreId restore, String safetyCopy) {
        if (!RestoreId.isValid(safetyCopy) || !DurableFiles.isTaken(directory.root())) {
            return;
        }
        FileErrors.translating("drop safety copy '" + safetyCopy + "' of", directory.root(), () -> {
            state.admit(restore);
            state.requireNoOther(restore);
            if (isPresent(safetyCopy)) {
                try (DirectoryLock lock = lockUnlessOwned()) {
                    state.check(restore);
                    state.requireNoOther(restore);
                    requireNotNeeded(restore, safetyCopy);
                    takeAway(safetyCopy);
                }
            }
            steps.before("remove copy");
            DurableFiles.deleteTree(directory.droppingSafetyCopy(safetyCopy));
            return null;
        });
    }

    /** Takes the name away from a safety copy, if there is one, and leaves it to be removed. */
    void takeAway(String safetyCopy) throws IOException {
        if (isPresent(safetyCopy)) {
            try {
                moveToDropping("take copy away", directory.safetyCopy(safetyCopy), safetyCopy);
            } catch (NoSuchFileException e) {
                return; // another process drops the same one while an owner has the store
            }
        }
    }

    /** Moves what is not wanted to where it is removed from, whatever happens; empties that place first. */
    void moveToDropping(String step, Path unwanted, String restore) throws IOException {
        Path dropping = directory.droppingSafetyCopy(restore);
        DurableFiles.deleteTree(dropping);
        move(step, unwanted, dropping);
    }

    /** Gives a directory another place, durably. */
    void move(String step, Path from, Path to) throws IOException {
        DurableFiles.createDirectories(directory.safetyCopies());
        steps.before(step);
        DurableFiles.rename(from, to);
        steps.before(step + ": sync names");
        syncNames();
    }

    void syncNames() throws IOException {
        for (Path place : List.of(directory.safetyCopies(), directory.root())) {
            if (DurableFiles.isTaken(place)) {
                DurableFiles.syncDirectory(place);
            }
        }
    }

    /**
     * Removes what crashes have left. The caller holds the lock. Does nothing while a restore has marked the store; what one holds
     * is never removed here, because it was the data.
     */
    public void removeLeftovers() throws IOException {
        if (state.mark().isPresent()) {
            return;
        }
        try (DirectoryStream<Path> leftovers =
                Files.newDirectoryStream(directory.safetyCopies(), ".{making,dropping}-*")) {
            for (Path leftover : leftovers) {
                DurableFiles.deleteTree(leftover);
            }
        } catch (NoSuchFileException e) {
            return; // no safety copy was ever made
        }
    }

    /** Takes the lock so that no change in place is under way; nobody can make one while an owner has the store. */
    private DirectoryLock lockUnlessOwned() {
        try {
            return DirectoryLock.acquire(directory.root(), Use.VISITING, sleeper);
        } catch (KeyValueStoreException e) {
            if (e.code() == ErrorCode.STORE_IN_USE
                    && DirectoryLock.holder(directory.root()).use() != Use.VISITING) {
                return null;
            }
            throw e;
        }
    }

    private void requireNotNeeded(RestoreId restore, String safetyCopy) throws IOException {
        Optional<RestoreMark> mark = state.markOf(restore);
        if (mark.isPresent() && List.of(restore.id(), mark.get().safetyCopy()).contains(safetyCopy)) {
            throw new KeyValueStoreException(
                    ErrorCode.NOT_ALLOWED_NOW,
                    "restore '" + restore + "' of store '" + directory + "' still needs safety copy '" + safetyCopy
                            + "'",
                    "Run 'tidemark resume " + restore + "'.");
        }
    }
}

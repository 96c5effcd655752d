package dev.tidemark.kvs.rocksdb.directory;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.files.DirectoryLock;
import dev.tidemark.kvs.files.DurableFiles;
import dev.tidemark.kvs.files.FileErrors;
import dev.tidemark.kvs.files.StagingDirectory;
import dev.tidemark.kvs.files.Steps;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.node.StagingArea;
import dev.tidemark.kvs.rocksdb.directory.RestoreMark.Phase;
import dev.tidemark.kvs.time.Sleeper;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The way of a restore into a directory, which may be missing. It may die at any point and be repeated.
 *
 * <p>Three things on disk say where it stands: the mark M ({@code restore.json}), the staged files S and the data D. Loading
 * goes, under the lock of the directory:
 *
 * <ol>
 *   <li>no M, S, D empty: nothing has happened; verify exactly this, sync the names in S;
 *   <li>M, S, D empty: the mark is durable, so nobody opens the store and D stays empty;
 *   <li>M, no S, D: one rename has turned S into D.
 * </ol>
 *
 * M is only written in the phase {@code load} when D is empty, and while it is there only the restore itself opens the store, and
 * only if D is not empty. So M in that phase with a D that is not empty always means that this very restore has loaded, whatever
 * was staged since. What D is in other phases, {@link ChangeInPlace} says. Completing first records which restore it was, then
 * removes M: a repetition of any call finds that record. Thread-safe.
 */
public final class RestoreTarget {
    private final StoreDirectory directory;
    private final RestoreState state;
    private final Sleeper sleeper;
    private final Steps steps;

    /** Creates the target; the sleeper waits for visitors of the store. */
    public RestoreTarget(StoreDirectory directory, Sleeper sleeper) {
        this(directory, sleeper, step -> {});
    }

    RestoreTarget(StoreDirectory directory, Sleeper sleeper, Steps steps) {
        this.directory = directory;
        this.state = new RestoreState(directory);
        this.sleeper = sleeper;
        this.steps = steps;
    }

    /** As {@link dev.tidemark.kvs.node.StoreNode#isEmptyFor}. */
    public boolean isEmptyFor(RestoreId restore) {
        return run("look at", () -> {
            Optional<RestoreMark> mark = state.mark();
            if (mark.isPresent()) {
                return mark.get().isOf(restore) && isEmptyIn(mark.get().phase());
            }
            if (Files.exists(directory.restores(), LinkOption.NOFOLLOW_LINKS)
                    && !DurableFiles.isPlainDirectory(directory.restores())) {
                return false; // a link would take the staged files out of the store's directory
            }
            return !directory.hasData() || state.isLoadedBy(restore);
        });
    }

    /** A change in place that has gone half way has to be repeated first. */
    private boolean isEmptyIn(Phase phase) throws IOException {
        return phase.belongsToRestore() || (phase == Phase.SET_ASIDE && !directory.hasData());
    }

    /** As {@link dev.tidemark.kvs.node.StoreNode#usableBytes}. */
    public long usableBytes() {
        return run("look at", this::usableSpace);
    }

    /** As {@link dev.tidemark.kvs.node.StoreNode#stage}. */
    public StagingArea stage(RestoreId restore, long expectedBytes) {
        if (expectedBytes < 0) {
            throw new IllegalArgumentException("expectedBytes: " + expectedBytes + " (expected: >= 0)");
        }
        return run("stage files for", () -> {
            state.check(restore);
            StagingDirectory staging = new StagingDirectory(directory.restore(restore), restore, state::check);
            checkSpace(restore, staging, expectedBytes);
            state.admit(restore);
            staging.open();
            return staging;
        });
    }

    /** As {@link dev.tidemark.kvs.node.StoreNode#load}. */
    public void load(RestoreId restore) {
        run("load", () -> {
            state.check(restore);
            if (state.isLoadedBy(restore)) {
                DurableFiles.syncDirectory(directory.root()); // the one that loaded may have died before it did this
                return null;
            }
            state.admit(restore);
            try (DirectoryLock lock = lock()) {
                state.check(restore); // another coordinator may have taken over while this one waited
                if (!state.isLoadedBy(restore)) {
                    loadLocked(restore);
                }
            }
            return null;
        });
    }

    private void loadLocked(RestoreId restore) throws IOException {
        Path staged = StagingDirectory.filesOf(directory.restore(restore));
        Optional<RestoreMark> mark = state.mark();
        if (directory.hasData() || (mark.isPresent() && !mark.get().isOf(restore))) {
            throw notEmpty(mark);
        }
        if (mark.isPresent() && !isEmptyIn(mark.get().phase())) {
            throw new KeyValueStoreException(
                    ErrorCode.NOT_ALLOWED_NOW,
                    "restore '" + restore + "' has marked store '" + directory + "' as '"
                            + mark.get().phase() + "' (expected: 'load' or 'set-aside')",
                    "Run 'tidemark resume " + restore + "'.");
        }
        if (!DurableFiles.isPlainDirectory(staged)) {
            throw new KeyValueStoreException(
                    ErrorCode.NOT_ALLOWED_NOW,
                    "nothing is staged for restore '" + restore + "' in store '" + directory + "'",
                    "Run 'tidemark resume " + restore + "', which stages the files first.");
        }
        steps.before("sync staged names");
        DurableFiles.syncDirectories(staged);
        DurableFiles.syncDirectory(directory.restore(restore));
        steps.before("write mark");
        state.writeMark(new RestoreMark(restore, Phase.LOAD));
        steps.before("rename");
        DurableFiles.rename(staged, directory.data());
        steps.before("sync names");
        DurableFiles.syncDirectory(directory.restore(restore));
        DurableFiles.syncDirectory(directory.root());
        steps.before("done");
    }

    /** As {@link dev.tidemark.kvs.node.StoreNode#completeRestore}; the store may be open for the restore meanwhile. */
    public void completeRestore(RestoreId restore) {
        run("complete", () -> {
            state.check(restore);
            state.requireLoadedBy(restore);
            if (state.mark().isEmpty()) {
                DurableFiles.deleteTree(directory.heldData(restore));
                return null; // complete already
            }
            state.admit(restore);
            steps.before("sync names");
            DurableFiles.syncDirectory(directory.root());
            steps.before("record completion");
            state.writeCompleted(restore);
            steps.before("remove mark");
            state.removeMark();
            steps.before("remove held data");
            DurableFiles.deleteTree(directory.heldData(restore));
            steps.before("done");
            return null;
        });
    }

    /**
     * As {@link dev.tidemark.kvs.node.StoreNode#discardStaging}; lifts a mark whose data never came.
     *
     * <p>Where there is data, nothing that is staged can be loaded any more, and whoever owns the data is not disturbed. Where
     * there is none, a load may be under way, and is waited for.
     */
    public void discardStaging(RestoreId restore) {
        run("discard what was staged for", () -> {
            state.check(restore);
            if (directory.hasData()) {
                removeStaged(restore);
                return null;
            }
            if (state.markOf(restore).isEmpty()
                    && !DurableFiles.isTaken(directory.restore(restore))
                    && !DurableFiles.isTaken(directory.discarded(restore))) {
                return null;
            }
            try (DirectoryLock lock = lock()) {
                state.check(restore);
                if (!directory.hasData() && isMarkOfALoadThatNeverCame(restore)) {
                    steps.before("remove mark");
                    state.removeMark();
                }
                removeStaged(restore);
            }
            return null;
        });
    }

    /** Where data were set aside, their place must stay closed until they are given back. */
    private boolean isMarkOfALoadThatNeverCame(RestoreId restore) throws IOException {
        Optional<RestoreMark> mark = state.markOf(restore);
        return mark.isPresent()
                && mark.get().phase() == Phase.LOAD
                && !DurableFiles.isTaken(directory.safetyCopy(restore.id()));
    }

    /** Takes the files away by one rename, so that somebody who still stages into the area fails instead of losing some. */
    private void removeStaged(RestoreId restore) throws IOException {
        Path discarded = directory.discarded(restore);
        DurableFiles.deleteTree(discarded);
        steps.before("take staged files away");
        try {
            DurableFiles.rename(directory.restore(restore), discarded);
            DurableFiles.syncDirectory(directory.restores());
        } catch (NoSuchFileException e) {
            return; // never staged, or discarded already
        }
        steps.before("remove staged files");
        DurableFiles.deleteTree(discarded);
    }

    /**
     * Refuses to open a store that a restore has marked, or that is empty while a restore stages files for it.
     *
     * @throws KeyValueStoreException {@link ErrorCode#RESTORE_INCOMPLETE}
     */
    public void refuseWhileRestoring() {
        run("open", () -> {
            Optional<String> owner = state.mark().map(mark -> mark.restore().id());
            if (owner.isEmpty() && !directory.hasData()) {
                owner = stagingRestore();
            }
            if (owner.isPresent()) {
                throw state.incomplete(owner.get());
            }
            return null;
        });
    }

    /**
     * Refuses to open the store for anyone but the restore whose data it holds.
     *
     * @throws KeyValueStoreException {@link ErrorCode#RESTORE_INCOMPLETE} when another restore holds it,
     *     {@link ErrorCode#NOT_ALLOWED_NOW} when this one has not loaded, {@link ErrorCode#FENCED_OUT}
     */
    public void refuseUnlessRestoredBy(RestoreId restore) {
        run("open", () -> {
            state.admit(restore);
            state.requireLoadedBy(restore);
            return null;
        });
    }

    private DirectoryLock lock() {
        return DirectoryLock.acquire(directory.root(), DirectoryLock.Use.VISITING, sleeper);
    }

    /** Returns the restore that stages files; leftovers of the one that ended last don't count. */
    private Optional<String> stagingRestore() throws IOException {
        if (!Files.isDirectory(directory.restores())) {
            return Optional.empty();
        }
        String ended = state.completed().map(RestoreId::id).orElse("");
        try (DirectoryStream<Path> areas =
                Files.newDirectoryStream(directory.restores(), DurableFiles::isPlainDirectory)) {
            for (Path area : areas) {
                String id = area.getFileName().toString();
                if (!id.equals(ended) && !id.startsWith(".")) {
                    return Optional.of(id);
                }
            }
        }
        return Optional.empty();
    }

    private void checkSpace(RestoreId restore, StagingDirectory staging, long expectedBytes) throws IOException {
        long staged = Files.exists(StagingDirectory.filesOf(directory.restore(restore))) ? staging.sizeBytes() : 0;
        long missing = Math.max(0, expectedBytes - staged);
        long usable = usableSpace();
        if (missing > usable) {
            throw FileErrors.diskFull(
                    "restore '" + restore + "' needs " + missing + " more bytes in '" + directory + "', " + usable
                            + " bytes are free",
                    null);
        }
    }

    private long usableSpace() throws IOException {
        Path existing = directory.root();
        while (!Files.exists(existing)) {
            existing = existing.getParent();
        }
        return Files.getFileStore(existing).getUsableSpace();
    }

    private KeyValueStoreException notEmpty(Optional<RestoreMark> mark) {
        Optional<RestoreId> owner = mark.map(RestoreMark::restore);
        String what = owner.map(other -> "belongs to restore '" + other + "'").orElse("holds data");
        String hint = owner.map(other -> "Run 'tidemark resume " + other + "' or cancel it.")
                .orElse("Restore into an empty directory, or move '" + directory.data() + "' away first.");
        return new KeyValueStoreException(
                ErrorCode.STORE_NOT_EMPTY, "store '" + directory + "' " + what + " (expected: an empty store)", hint);
    }

    private <T> T run(String action, FileErrors.FileCall<T> call) {
        return FileErrors.translating(action, directory.root(), call);
    }
}

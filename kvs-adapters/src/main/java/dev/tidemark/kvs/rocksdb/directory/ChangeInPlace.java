package dev.tidemark.kvs.rocksdb.directory;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.files.DirectoryLock;
import dev.tidemark.kvs.files.DirectoryLock.Use;
import dev.tidemark.kvs.files.DurableFiles;
import dev.tidemark.kvs.files.FileErrors;
import dev.tidemark.kvs.files.Steps;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.rocksdb.directory.RestoreMark.Phase;
import dev.tidemark.kvs.time.Sleeper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The ways of a restore to a store that has data: set aside, adopt, bring back, and give back. Each may die at any point and be
 * repeated or given back.
 *
 * <p>A change goes, under the lock of the directory: the mark M in the phase that means "as before", the renames, M in the phase
 * that means "belongs to the restore" where data remain. From the first to the last nobody else opens the store. With D the
 * data, C the safety copy, and H what is held while C is in its place, what is on disk says how far a change has come:
 *
 * <ul>
 *   <li>{@code set-aside}: D and no C (not moved yet), or C and no D. To load is a phase of its own, written before D comes.
 *   <li>{@code adopt}: D; C may be missing; or C and no D, on the way back. {@code adopted}: D and C.
 *   <li>{@code bring-back}: C and D (nothing moved yet), C and H, or D and H; D and H are missing where nothing was held.
 *       {@code brought-back}: D and H.
 * </ul>
 *
 * To give back writes the phase that means "as before" again, makes the renames the other way round, and removes M at last. So
 * without M there is no safety copy that its restore has not completed. Thread-safe.
 */
public final class ChangeInPlace {
    private final StoreDirectory directory;
    private final RestoreState state;
    private final SafetyCopies copies;
    private final Sleeper sleeper;
    private final StoreAtRest store;
    private final Steps steps;

    /** Creates access; the sleeper waits for visitors of the store. */
    public ChangeInPlace(StoreDirectory directory, Sleeper sleeper, StoreAtRest store) {
        this(directory, sleeper, store, step -> {});
    }

    ChangeInPlace(StoreDirectory directory, Sleeper sleeper, StoreAtRest store, Steps steps) {
        this.directory = directory;
        this.state = new RestoreState(directory);
        this.copies = new SafetyCopies(directory, sleeper, steps);
        this.sleeper = sleeper;
        this.store = store;
        this.steps = steps;
    }

    /** Returns the safety copies of the store. */
    public SafetyCopies safetyCopies() {
        return copies;
    }

    /** As {@link dev.tidemark.kvs.node.StoreNode#setAside}. */
    public void setAside(RestoreId restore) {
        change("set aside the data of", restore, () -> isSetAside(restore), () -> {
            if (state.mark().isEmpty()) {
                begin(new RestoreMark(restore, Phase.SET_ASIDE));
            }
            copies.move("set data aside", directory.data(), directory.safetyCopy(restore.id()));
        });
    }

    private boolean isSetAside(RestoreId restore) throws IOException {
        state.requireNoOther(restore);
        requirePhase(restore, Phase.SET_ASIDE, Phase.LOAD);
        return !directory.hasData() || state.isLoadedBy(restore);
    }

    /** As {@link dev.tidemark.kvs.node.StoreNode#adopt}. */
    public void adopt(RestoreId restore) {
        change("adopt", restore, () -> isAdopted(restore), () -> {
            RestoreMark mark = new RestoreMark(restore, Phase.ADOPT);
            if (state.mark().isEmpty()) {
                begin(mark);
            }
            if (!directory.hasData()) {
                copies.move("return data", directory.safetyCopy(restore.id()), directory.data());
            }
            if (!copies.isPresent(restore.id())) {
                copyData(restore);
            }
            copies.syncNames();
            write("mark as adopted", mark.in(Phase.ADOPTED));
        });
    }

    private boolean isAdopted(RestoreId restore) throws IOException {
        state.requireNoOther(restore);
        requirePhase(restore, Phase.ADOPT, Phase.ADOPTED);
        boolean isBeingGivenBack = state.markOf(restore).isPresent() && copies.isPresent(restore.id());
        if (!store.isPresent() && !isBeingGivenBack) {
            throw new KeyValueStoreException(
                    ErrorCode.STORE_UNAVAILABLE,
                    "there is no store in '" + directory + "'",
                    "Correct the directory, or restore the store from a backup.");
        }
        return state.isLoadedBy(restore);
    }

    private void copyData(RestoreId restore) throws IOException {
        Path making = directory.makingSafetyCopy(restore.id());
        DurableFiles.deleteTree(making);
        DurableFiles.createDirectories(directory.safetyCopies());
        steps.before("copy data");
        try {
            store.copyTo(making);
        } catch (IOException | KeyValueStoreException e) {
            DurableFiles.deleteTree(making); // a disk that is full is not left so
            throw e;
        }
        steps.before("sync copy");
        DurableFiles.syncDirectories(making);
        copies.move("name copy", making, directory.safetyCopy(restore.id()));
    }

    /** As {@link dev.tidemark.kvs.node.StoreNode#bringBack}. */
    public void bringBack(RestoreId restore, String safetyCopy) {
        change("bring back a safety copy of", restore, () -> isBroughtBack(restore, safetyCopy), () -> {
            RestoreMark mark = new RestoreMark(restore, Phase.BRING_BACK, safetyCopy);
            if (state.mark().isEmpty()) {
                begin(mark);
            }
            if (copies.isPresent(safetyCopy)) {
                if (directory.hasData()) {
                    copies.move("set data aside", directory.data(), directory.heldData(restore));
                }
                copies.move("bring copy back", directory.safetyCopy(safetyCopy), directory.data());
            }
            copies.syncNames();
            requireData();
            write("mark as brought back", mark.in(Phase.BROUGHT_BACK));
        });
    }

    private boolean isBroughtBack(RestoreId restore, String safetyCopy) throws IOException {
        state.requireNoOther(restore);
        requirePhase(restore, Phase.BRING_BACK, Phase.BROUGHT_BACK);
        Optional<RestoreMark> mark = state.mark();
        if (mark.isPresent() && !mark.get().safetyCopy().equals(safetyCopy)) {
            throw notAllowed(
                    "restore '" + restore + "' brings back safety copy '"
                            + mark.get().safetyCopy() + "' of store '" + directory + "', not '" + safetyCopy + "'",
                    "Run 'tidemark resume " + restore + "'.");
        }
        if (state.isLoadedBy(restore)) {
            return true;
        }
        if (mark.isEmpty() && !copies.isPresent(safetyCopy)) {
            throw notAllowed(
                    "store '" + directory + "' has no safety copy '" + safetyCopy + "' (expected: one of "
                            + copies.names() + ")",
                    "Choose a restore whose safety copy is still there, or restore a backup.");
        }
        return false;
    }

    /** As {@link dev.tidemark.kvs.node.StoreNode#giveBack}. */
    public void giveBack(RestoreId restore) {
        change("give back", restore, () -> changeToGiveBack(restore).isEmpty(), () -> {
            RestoreMark mark = changeToGiveBack(restore).orElseThrow();
            switch (mark.phase()) {
                case LOAD, SET_ASIDE -> returnSetAside(mark);
                case ADOPT, ADOPTED -> disown(mark);
                case BRING_BACK, BROUGHT_BACK -> exchangeBack(mark);
                case UNKNOWN ->
                    throw notAllowed(
                            "a later version has begun restore '" + restore + "' of store '" + directory + "'",
                            "Use the version of tidemark that has begun it.");
            }
            copies.syncNames();
            steps.before("remove mark");
            state.removeMark();
        });
        FileErrors.translating("give back", directory.root(), () -> {
            steps.before("remove what is not wanted");
            DurableFiles.deleteTree(directory.droppingSafetyCopy(restore.id()));
            return null;
        });
    }

    /** A restore that has loaded where nothing was has changed nothing in place. */
    private Optional<RestoreMark> changeToGiveBack(RestoreId restore) throws IOException {
        return state.markOf(restore).filter(mark -> mark.phase() != Phase.LOAD || copies.isPresent(restore.id()));
    }

    private void returnSetAside(RestoreMark mark) throws IOException {
        String id = mark.restore().id();
        if (copies.isPresent(id)) {
            if (mark.phase() == Phase.LOAD) {
                if (directory.hasData()) {
                    copies.moveToDropping("take loaded data away", directory.data(), id);
                }
                write("mark as set aside", mark.in(Phase.SET_ASIDE)); // data in this phase are the old ones
            }
            copies.move("return data", directory.safetyCopy(id), directory.data());
        }
        requireData();
    }

    /** The restore may have written to the data: where there is a copy, it takes their place. */
    private void disown(RestoreMark mark) throws IOException {
        String id = mark.restore().id();
        if (mark.phase() == Phase.ADOPTED) {
            write("mark as not adopted", mark.in(Phase.ADOPT)); // in this phase a copy may be missing, or the data
        }
        DurableFiles.deleteTree(directory.makingSafetyCopy(id));
        if (copies.isPresent(id)) {
            if (directory.hasData()) {
                copies.moveToDropping("take adopted data away", directory.data(), id);
            }
            copies.move("return data", directory.safetyCopy(id), directory.data());
        }
        requireData();
    }

    private void exchangeBack(RestoreMark mark) throws IOException {
        if (mark.phase() == Phase.BROUGHT_BACK) {
            write("mark as not brought back", mark.in(Phase.BRING_BACK));
        }
        if (!copies.isPresent(mark.safetyCopy())) {
            requireData();
            copies.move("return copy", directory.data(), directory.safetyCopy(mark.safetyCopy()));
        }
        Path held = directory.heldData(mark.restore());
        if (DurableFiles.isTaken(held)) {
            copies.move("return data", held, directory.data());
        }
    }

    /**
     * Changes the directory under its lock.
     *
     * @param isDone whether there is nothing to change; refuses what is not allowed. Asked again under the lock
     */
    private void change(String action, RestoreId restore, Question isDone, Locked locked) {
        FileErrors.translating(action, directory.root(), () -> {
            if (DurableFiles.isTaken(directory.root())) {
                state.admit(restore);
            }
            if (isDone.ask()) {
                copies.syncNames(); // the one that has done it may have died before it did this
                return null;
            }
            try (DirectoryLock lock = DirectoryLock.acquire(directory.root(), Use.VISITING, sleeper)) {
                state.check(restore); // another coordinator may have taken over while this one waited
                if (!isDone.ask()) {
                    locked.run();
                    steps.before("done");
                }
            }
            return null;
        });
    }

    /** A copy with the id of a restore that has no mark is that of one that has ended: it must not be replaced. */
    private void begin(RestoreMark mark) throws IOException {
        if (copies.isPresent(mark.restore().id())) {
            throw notAllowed(
                    "store '" + directory + "' has a safety copy of restore '" + mark.restore() + "', which has ended",
                    "Run a new operation instead of '" + mark.restore() + "'.");
        }
        write("write mark", mark);
    }

    private void write(String step, RestoreMark mark) throws IOException {
        steps.before(step);
        state.writeMark(mark);
    }

    private void requirePhase(RestoreId restore, Phase... expected) throws IOException {
        Optional<RestoreMark> mark = state.mark();
        if (mark.isPresent() && !List.of(expected).contains(mark.get().phase())) {
            throw notAllowed(
                    "restore '" + restore + "' has marked store '" + directory + "' as '"
                            + mark.get().phase() + "' (expected: one of " + List.of(expected) + ")",
                    "Run 'tidemark resume " + restore + "'.");
        }
    }

    /** Refuses to lift a mark over nothing, or to hand nothing over: an application would create an empty store. */
    private void requireData() throws IOException {
        if (!directory.hasData()) {
            throw new KeyValueStoreException(
                    ErrorCode.STORE_DAMAGED,
                    "neither '" + directory.data() + "' nor '" + directory.safetyCopies()
                            + "' holds the data that the mark in '" + directory.marker() + "' speaks of",
                    "Put back what was removed, or restore the store from a backup into an empty directory.");
        }
    }

    private static KeyValueStoreException notAllowed(String message, String hint) {
        return new KeyValueStoreException(ErrorCode.NOT_ALLOWED_NOW, message, hint);
    }

    @FunctionalInterface
    private interface Question {
        boolean ask() throws IOException;
    }

    @FunctionalInterface
    private interface Locked {
        void run() throws IOException;
    }
}

package dev.tidemark.kvs.rocksdb.directory;

import static dev.tidemark.kvs.ErrorCode.DISK_FULL;
import static dev.tidemark.kvs.ErrorCode.FENCED_OUT;
import static dev.tidemark.kvs.ErrorCode.NOT_ALLOWED_NOW;
import static dev.tidemark.kvs.ErrorCode.RESTORE_INCOMPLETE;
import static dev.tidemark.kvs.ErrorCode.STORE_DAMAGED;
import static dev.tidemark.kvs.ErrorCode.STORE_IN_USE;
import static dev.tidemark.kvs.node.NodeFiles.assertFails;
import static dev.tidemark.kvs.rocksdb.directory.PlainStore.content;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.kvs.files.DirectoryLock;
import dev.tidemark.kvs.files.DirectoryLock.Use;
import dev.tidemark.kvs.files.DurableFiles;
import dev.tidemark.kvs.files.FileErrors;
import dev.tidemark.kvs.files.MemoryDisk;
import dev.tidemark.kvs.files.Steps;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.node.StagingArea;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChangeInPlaceTest {
    private static final RestoreId EARLIER = new RestoreId("r-0", 5);
    private static final RestoreId RESTORE = new RestoreId("r-1", 10);
    private static final RestoreId TAKEN_OVER = new RestoreId("r-1", 11);
    private static final RestoreId OTHER = new RestoreId("r-2", 12);
    private static final Map<String, String> OLDEST = Map.of("CURRENT", "oldest", "1.sst", "one");
    private static final Map<String, String> ORIGINAL = Map.of("CURRENT", "original", "1.sst", "one", "2.sst", "two");
    private static final Map<String, String> REWOUND = Map.of("CURRENT", "rewound", "1.sst", "one", "2.sst", "two");
    private static final Map<String, String> BACKUP = Map.of("CURRENT", "backup");
    private static final int WALKS = 60;

    @TempDir(factory = MemoryDisk.class)
    private Path parent;

    private StoreDirectory directory;
    private int places;

    @BeforeEach
    void prepareStore() {
        prepare();
    }

    /** What a restore does to a store that has data. */
    private enum Way {
        SET_ASIDE(Map.of(), Map.of("r-0", OLDEST, "r-1", ORIGINAL)),
        LOAD(BACKUP, Map.of("r-0", OLDEST, "r-1", ORIGINAL)),
        ADOPT(ORIGINAL, Map.of("r-0", OLDEST, "r-1", ORIGINAL)),
        REWIND(REWOUND, Map.of("r-0", OLDEST, "r-1", ORIGINAL)),
        BRING_BACK(OLDEST, Map.of());

        private final Map<String, String> data;
        private final Map<String, Map<String, String>> copies;

        Way(Map<String, String> data, Map<String, Map<String, String>> copies) {
            this.data = data;
            this.copies = copies;
        }
    }

    @Test
    void setAside_data_takesTheseSteps() {
        assertThat(stepsOf(change(Way.SET_ASIDE, RESTORE)))
                .containsExactly("write mark", "set data aside", "set data aside: sync names", "done");
    }

    @Test
    void adopt_data_takesTheseSteps() {
        assertThat(stepsOf(change(Way.ADOPT, RESTORE)))
                .containsExactly(
                        "write mark",
                        "copy data",
                        "copy 1.sst",
                        "copy 2.sst",
                        "copy CURRENT",
                        "sync copy",
                        "name copy",
                        "name copy: sync names",
                        "mark as adopted",
                        "done");
    }

    @Test
    void bringBack_data_takesTheseSteps() {
        assertThat(stepsOf(change(Way.BRING_BACK, RESTORE)))
                .containsExactly(
                        "write mark",
                        "set data aside",
                        "set data aside: sync names",
                        "bring copy back",
                        "bring copy back: sync names",
                        "mark as brought back",
                        "done");
    }

    @Test
    void giveBack_eachChange_takesTheseSteps() {
        List<String> end = List.of("remove mark", "done", "remove what is not wanted");
        assertThat(stepsToGiveBack(Way.SET_ASIDE))
                .startsWith("return data", "return data: sync names")
                .endsWith(end.toArray(String[]::new))
                .hasSize(5);
        assertThat(stepsToGiveBack(Way.LOAD))
                .startsWith(
                        "take loaded data away",
                        "take loaded data away: sync names",
                        "mark as set aside",
                        "return data",
                        "return data: sync names")
                .endsWith(end.toArray(String[]::new))
                .hasSize(8);
        assertThat(stepsToGiveBack(Way.ADOPT))
                .startsWith(
                        "mark as not adopted",
                        "take adopted data away",
                        "take adopted data away: sync names",
                        "return data",
                        "return data: sync names")
                .endsWith(end.toArray(String[]::new))
                .hasSize(8);
        assertThat(stepsToGiveBack(Way.BRING_BACK))
                .startsWith(
                        "mark as not brought back",
                        "return copy",
                        "return copy: sync names",
                        "return data",
                        "return data: sync names")
                .endsWith(end.toArray(String[]::new))
                .hasSize(8);
    }

    /** A rewind that is cancelled has written to what it adopted. */
    @Test
    void giveBack_adoptedDataWereChangedAndItDiesBeforeAnyStep_areAsBefore() {
        for (int step = 0; step < 8; step++) {
            prepare();
            change(Way.ADOPT, RESTORE).accept(actor());
            put(directory.data(), Map.of("3.sst", "aborts"));
            dieAt(step, actor -> actor.giveBack(RESTORE));

            actor().giveBack(TAKEN_OVER);

            assertAsBefore("gave back after dying before step " + step);
        }
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void anyChange_diesBeforeAnyStep_isRepeatedByTheNextCoordinator(Way way) {
        List<String> steps = stepsOf(change(way, RESTORE));
        for (int i = 0; i < steps.size(); i++) {
            prepare();
            dieAt(i, change(way, RESTORE));
            assertNobodyIsMisled(steps.get(i));

            change(way, TAKEN_OVER).accept(actor());

            assertChanged(way, steps.get(i));
        }
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void giveBack_changeDiedBeforeAnyStep_isAsBefore(Way way) {
        List<String> steps = stepsOf(change(way, RESTORE));
        for (int i = 0; i < steps.size(); i++) {
            prepare();
            dieAt(i, change(way, RESTORE));

            actor().giveBack(TAKEN_OVER);

            assertAsBefore(steps.get(i));
        }
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void giveBack_diesBeforeAnyStepAfterTheChangeDied_isRepeated(Way way) {
        List<String> steps = stepsOf(change(way, RESTORE));
        for (int i = 0; i <= steps.size(); i++) {
            for (int j = 0; j < 8; j++) {
                prepare();
                String point = way + " died at " + i + ", giving back at " + j;
                dieAt(i, change(way, RESTORE));
                dieAt(j, dying -> dying.giveBack(RESTORE));
                assertNobodyIsMisled(point);

                actor().giveBack(TAKEN_OVER);

                assertAsBefore(point);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void anyChange_giveBackDiedBeforeAnyStep_isMadeAgain(Way way) {
        int count = stepsToGiveBack(way).size();
        for (int i = 0; i < count; i++) {
            prepare();
            change(way, RESTORE).accept(actor());
            dieAt(i, dying -> dying.giveBack(RESTORE));

            change(way, TAKEN_OVER).accept(actor());

            assertChanged(way, "giving back died at " + i);
        }
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void anyChange_madeAndGivenBackWithManyDeaths_isAlwaysOneOfTheTwo(Way way) {
        for (int seed = 0; seed < WALKS; seed++) {
            Random random = new Random(seed);
            prepare();
            String point = way + " with seed " + seed;
            for (int epoch = 10; epoch < 18; epoch++) {
                RestoreId restore = new RestoreId(RESTORE.id(), epoch);
                Consumer<Actor> call = random.nextBoolean() ? change(way, restore) : dying -> dying.giveBack(restore);
                dieAt(random.nextInt(12), call);
                assertNobodyIsMisled(point);
            }
            RestoreId last = new RestoreId(RESTORE.id(), 20);
            if (random.nextBoolean()) {
                change(way, last).accept(actor());
                assertChanged(way, point);
            } else {
                actor().giveBack(last);
                assertAsBefore(point);
            }
        }
    }

    @Test
    void completeRestore_afterBringBackDiesBeforeAnyStep_isRepeatedAndRemovesWhatWasHeld() {
        Consumer<Actor> complete = actor -> actor.target.completeRestore(RESTORE);
        List<String> steps = stepsOf(complete, this::prepareUndo);
        for (int i = 0; i < steps.size(); i++) {
            prepareUndo();
            dieAt(i, complete);

            actor().target.completeRestore(TAKEN_OVER);

            actor().target.refuseWhileRestoring();
            assertThat(content(directory.data())).as(steps.get(i)).isEqualTo(OLDEST);
            assertThat(directory.safetyCopies()).as(steps.get(i)).isEmptyDirectory();
        }
    }

    private void prepareUndo() {
        prepare();
        actor().change.bringBack(RESTORE, EARLIER.id());
    }

    @Test
    void dropSafetyCopy_diesBeforeAnyStep_isWholeOrGoneAndIsRepeated() {
        List<String> steps = stepsOf(actor -> actor.copies().drop(RESTORE, EARLIER.id()));
        assertThat(steps).containsExactly("take copy away", "take copy away: sync names", "remove copy");
        for (int i = 0; i < steps.size(); i++) {
            prepare();
            dieAt(i, actor -> actor.copies().drop(RESTORE, EARLIER.id()));
            assertNobodyIsMisled(steps.get(i));

            actor().copies().drop(TAKEN_OVER, EARLIER.id());

            assertThat(directory.safetyCopies()).as(steps.get(i)).isEmptyDirectory();
            assertThat(content(directory.data())).isEqualTo(ORIGINAL);
        }
    }

    @Test
    void adopt_copyingFails_leavesNothingHalfMadeAndIsRepeatedOrGivenBack() {
        ChangeInPlace failing = new ChangeInPlace(directory, duration -> {}, new PlainStore(directory, step -> {
            if (step.equals("copy CURRENT")) {
                throw FileErrors.diskFull("no space left on device", null);
            }
        }));

        assertFails(DISK_FULL, () -> failing.adopt(RESTORE));

        assertThat(directory.makingSafetyCopy(RESTORE.id())).doesNotExist();
        assertNobodyIsMisled("full disk");
        assertFails(RESTORE_INCOMPLETE, () -> actor().target.refuseWhileRestoring());
        actor().giveBack(RESTORE);
        assertAsBefore("given back");
        actor().change.adopt(RESTORE);
        assertChanged(Way.ADOPT, "made again");
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void anyChange_storeInUse_isRefusedAndChangesNothing(Way way) {
        try (DirectoryLock owner = DirectoryLock.acquire(directory.root(), Use.SERVING, duration -> {})) {
            assertFails(STORE_IN_USE, () -> change(way, RESTORE).accept(actor()));
        }

        assertAsBefore("in use");
        change(way, RESTORE).accept(actor());
        try (DirectoryLock owner = DirectoryLock.acquire(directory.root(), Use.PRIVATE, duration -> {})) {
            assertFails(STORE_IN_USE, () -> actor().giveBack(RESTORE));
            change(way, TAKEN_OVER).accept(actor()); // nothing to do, so it does not matter who works with the data
        }
        assertChanged(way, "in use");
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void anyChange_overtakenWhileItWaitsForTheLock_isFencedOutAndChangesNothing(Way way) {
        DirectoryLock visitor =
                DirectoryLock.tryAcquire(directory.root(), Use.VISITING).orElseThrow();
        Actor waiting = new Actor(step -> {}, () -> {
            new RestoreTarget(directory, duration -> {}).stage(OTHER, 0);
            visitor.close();
        });

        assertFails(FENCED_OUT, () -> change(way, RESTORE).accept(waiting));

        assertThat(directory.marker()).doesNotExist();
        assertThat(content(directory.data())).isEqualTo(ORIGINAL);
    }

    @Test
    void dropSafetyCopy_ownerServesTheStore_isDoneBesideIt() {
        try (DirectoryLock owner = DirectoryLock.acquire(directory.root(), Use.SERVING, duration -> {})) {
            actor().copies().drop(RESTORE, EARLIER.id());
        }

        assertThat(directory.safetyCopies()).isEmptyDirectory();
    }

    @Test
    void dropSafetyCopy_copyThatIsBeingBroughtBack_isRefusedInEveryPhase() {
        int count = stepsOf(change(Way.BRING_BACK, RESTORE)).size();
        for (int i = 1; i < count; i++) {
            prepare();
            dieAt(i, change(Way.BRING_BACK, RESTORE));
            if (actor().copies().names().contains(EARLIER.id())) {
                assertFails(NOT_ALLOWED_NOW, () -> actor().copies().drop(RESTORE, EARLIER.id()));
            }

            actor().change.bringBack(RESTORE, EARLIER.id());
            assertChanged(Way.BRING_BACK, "died at " + i);
        }
    }

    @Test
    void bringBack_directoryWithoutData_worksAndGivesBackToNothing() throws IOException {
        DurableFiles.deleteTree(directory.data());
        DurableFiles.deleteTree(directory.restores());
        int count = stepsOf(actor -> actor.change.bringBack(RESTORE, EARLIER.id()), () -> {})
                .size();
        assertThat(content(directory.data())).isEqualTo(OLDEST);

        for (int i = 0; i < count; i++) {
            dieAt(i, actor -> actor.giveBack(RESTORE));
            actor().giveBack(RESTORE);
            assertThat(directory.hasData()).isFalse();
            assertThat(copyContents()).isEqualTo(Map.of(EARLIER.id(), OLDEST));
            actor().target.refuseWhileRestoring();
            dieAt(i, actor -> actor.change.bringBack(RESTORE, EARLIER.id()));
            actor().change.bringBack(RESTORE, EARLIER.id());
            assertThat(content(directory.data())).isEqualTo(OLDEST);
        }
        actor().target.completeRestore(RESTORE);
        assertThat(content(directory.data())).isEqualTo(OLDEST);
    }

    @Test
    void anyCall_missingDirectory_createsNothing() {
        directory = new StoreDirectory(parent.resolve("nowhere"));

        actor().change.setAside(RESTORE);
        actor().giveBack(RESTORE);
        actor().copies().drop(RESTORE, "r-0");
        assertThat(actor().copies().names()).isEmpty();
        assertFails(NOT_ALLOWED_NOW, () -> actor().change.bringBack(RESTORE, "r-0"));

        assertThat(directory.root()).doesNotExist();
    }

    @Test
    void removeLeftovers_unmarkedStore_removesWhatIsNoCopyAndNoData() throws IOException {
        for (String name : List.of(".making-r-7", ".dropping-r-8", ".held-r-9", "lost+found")) {
            put(directory.safetyCopies().resolve(name), OLDEST);
        }

        actor().copies().removeLeftovers();

        assertThat(list(directory.safetyCopies())).containsExactly(".held-r-9", "lost+found", "r-0");
        assertThat(actor().copies().names()).containsExactly("r-0");
    }

    @Test
    void removeLeftovers_markedStore_removesNothing() throws IOException {
        dieAt(4, change(Way.ADOPT, RESTORE));
        put(directory.droppingSafetyCopy("r-8"), OLDEST);

        actor().copies().removeLeftovers();

        assertThat(list(directory.safetyCopies())).containsExactly(".dropping-r-8", ".making-r-1", "r-0");
    }

    @Test
    void mark_withoutPhaseAndWithFieldsOfALaterVersion_isThatOfALoad() throws IOException {
        Files.writeString(directory.marker(), "{\"id\":\"r-1\",\"epoch\":10,\"later\":{\"a\":[1]}}");

        actor().target.refuseUnlessRestoredBy(RESTORE);
        actor().giveBack(RESTORE);

        assertThat(content(directory.data())).isEqualTo(ORIGINAL);
        assertThat(directory.marker()).exists();
        assertThat(actor().target.isEmptyFor(RESTORE)).isTrue();
    }

    @Test
    void mark_phaseOfALaterVersion_keepsEverybodyOutAndIsLeft() throws IOException {
        Files.writeString(directory.marker(), "{\"id\":\"r-1\",\"epoch\":10,\"phase\":\"later\",\"safetyCopy\":\"x\"}");

        assertFails(RESTORE_INCOMPLETE, () -> actor().target.refuseWhileRestoring());
        assertFails(NOT_ALLOWED_NOW, () -> actor().target.refuseUnlessRestoredBy(RESTORE));
        assertFails(NOT_ALLOWED_NOW, () -> actor().target.completeRestore(RESTORE));
        assertFails(NOT_ALLOWED_NOW, () -> actor().change.setAside(RESTORE));
        assertFails(NOT_ALLOWED_NOW, () -> actor().change.adopt(RESTORE));
        assertFails(NOT_ALLOWED_NOW, () -> actor().change.bringBack(RESTORE, EARLIER.id()));
        assertFails(NOT_ALLOWED_NOW, () -> actor().giveBack(RESTORE));
        assertThat(actor().target.isEmptyFor(RESTORE)).isFalse();
        assertThat(content(directory.data())).isEqualTo(ORIGINAL);
        assertThat(directory.marker()).exists();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"id\":\"r-1\",\"epoch\":10,\"phase\":\"bring-back\"}",
                "{\"id\":\"r-1\",\"epoch\":10,\"phase\":\"bring-back\",\"safetyCopy\":\"../data\"}",
                "{\"id\":\"r-1\",\"epoch\":10,\"phase\":\"brought-back\",\"safetyCopy\":\"\"}",
                "{\"id\":\"../r-1\",\"epoch\":10,\"phase\":\"adopt\"}"
            })
    void mark_editedByHand_isDamageAndNothingIsMoved(String mark) throws IOException {
        Files.writeString(directory.marker(), mark);

        assertFails(STORE_DAMAGED, () -> actor().giveBack(RESTORE));
        assertFails(STORE_DAMAGED, () -> actor().target.refuseWhileRestoring());
        assertThat(content(directory.data())).isEqualTo(ORIGINAL);
    }

    @Test
    void giveBack_safetyCopyRemovedByHand_isDamageAndKeepsTheMark() throws IOException {
        actor().change.setAside(RESTORE);
        DurableFiles.deleteTree(directory.safetyCopy(RESTORE.id()));

        assertFails(STORE_DAMAGED, () -> actor().giveBack(RESTORE));
        assertFails(RESTORE_INCOMPLETE, () -> actor().target.refuseWhileRestoring());
    }

    @Test
    void discardStaging_loadOverDataThatWereSetAsideDiedAnywhere_keepsThePlaceClosed() {
        int count = stepsOf(change(Way.LOAD, RESTORE)).size();
        for (int i = 0; i < count; i++) {
            prepare();
            dieAt(i, change(Way.LOAD, RESTORE));

            actor().target.discardStaging(RESTORE);
            assertNobodyIsMisled("died at " + i);

            actor().giveBack(RESTORE);
            assertAsBefore("died at " + i);
        }
    }

    @Test
    void load_changeInPlaceHalfWay_isRefused() throws IOException {
        dieAt(3, change(Way.BRING_BACK, RESTORE));
        assertThat(directory.hasData()).isFalse();

        assertFails(NOT_ALLOWED_NOW, () -> actor().target.load(RESTORE));
        actor().giveBack(RESTORE);
        assertAsBefore("half way");
    }

    @Test
    void isEmptyFor_changeHalfWay_isFalseUntilItIsRepeated() {
        for (Way way : List.of(Way.SET_ASIDE, Way.ADOPT, Way.BRING_BACK)) {
            prepare();
            dieAt(1, change(way, RESTORE));
            assertThat(actor().target.isEmptyFor(RESTORE)).as("%s", way).isFalse();

            change(way, RESTORE).accept(actor());
            assertThat(actor().target.isEmptyFor(RESTORE)).as("%s", way).isTrue();
        }
    }

    @Test
    void anyChange_safetyCopyOfARestoreThatHasEnded_isNeverReplaced() {
        RestoreId again = new RestoreId(EARLIER.id(), 20);
        actor().change.adopt(OTHER);
        actor().target.completeRestore(OTHER);

        assertFails(NOT_ALLOWED_NOW, () -> actor().change.setAside(again));
        assertFails(NOT_ALLOWED_NOW, () -> actor().change.adopt(again));

        assertThat(copyContents()).containsEntry(EARLIER.id(), OLDEST);
        actor().target.refuseWhileRestoring();
    }

    @Test
    void setAside_linkToDataElsewhere_movesTheLinkAndBack() throws IOException {
        Path elsewhere = parent.resolve("elsewhere");
        Files.move(directory.data(), elsewhere);
        Files.createSymbolicLink(directory.data(), elsewhere);

        actor().change.setAside(RESTORE);
        assertThat(content(elsewhere)).isEqualTo(ORIGINAL);
        assertThat(directory.data()).doesNotExist();
        assertThat(copyContents()).containsEntry(RESTORE.id(), ORIGINAL);

        actor().giveBack(RESTORE);
        assertAsBefore("link");
        assertThat(directory.data()).isSymbolicLink();
    }

    /** A new place with the data {@link #ORIGINAL}, the safety copy {@link #OLDEST} of an earlier rewind, and staged files. */
    private void prepare() {
        directory = new StoreDirectory(parent.resolve("place-" + places++));
        put(directory.safetyCopy(EARLIER.id()), OLDEST);
        put(directory.data(), ORIGINAL);
        stage(EARLIER.epoch());
    }

    private void stage(long epoch) {
        StagingArea staging = actor().target.stage(new RestoreId(RESTORE.id(), epoch), 100);
        BACKUP.forEach((path, content) -> {
            try (StagingArea.StagedFile file = staging.create(path)) {
                file.write(ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8)));
                file.commit();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        staging.sync();
    }

    private Consumer<Actor> change(Way way, RestoreId restore) {
        return switch (way) {
            case SET_ASIDE -> actor -> actor.change.setAside(restore);
            case LOAD ->
                actor -> {
                    actor.change.setAside(restore);
                    if (!content(directory.data()).equals(BACKUP)) {
                        stage(restore.epoch());
                    }
                    actor.target.load(restore);
                };
            case ADOPT -> actor -> actor.change.adopt(restore);
            case REWIND ->
                actor -> {
                    actor.change.adopt(restore);
                    put(directory.data(), REWOUND);
                };
            case BRING_BACK -> actor -> actor.change.bringBack(restore, EARLIER.id());
        };
    }

    private void assertChanged(Way way, String point) {
        assertThat(content(directory.data())).as(point).isEqualTo(way.data);
        assertThat(copyContents()).as(point).isEqualTo(way.copies);
        Actor actor = actor();
        assertFails(RESTORE_INCOMPLETE, actor.target::refuseWhileRestoring);
        RestoreId last = new RestoreId(RESTORE.id(), 30);
        if (way == Way.SET_ASIDE) {
            assertFails(NOT_ALLOWED_NOW, () -> actor.target.refuseUnlessRestoredBy(last));
            return;
        }
        actor.target.refuseUnlessRestoredBy(last);
        actor.target.completeRestore(last);
        actor.target.refuseWhileRestoring();
        actor.giveBack(last);
        assertThat(content(directory.data())).as(point).isEqualTo(way.data);
        assertThat(copyContents()).as(point).isEqualTo(way.copies);
        assertNothingIsLeftOver(point);
    }

    private void assertAsBefore(String point) {
        actor().target.refuseWhileRestoring();
        assertThat(content(directory.data())).as(point).isEqualTo(ORIGINAL);
        assertThat(copyContents()).as(point).isEqualTo(Map.of(EARLIER.id(), OLDEST));
        assertThat(directory.marker()).as(point).doesNotExist();
        assertNothingIsLeftOver(point);
    }

    private void assertNothingIsLeftOver(String point) {
        assertThat(list(directory.safetyCopies())).as(point).noneMatch(name -> name.startsWith("."));
    }

    /** Whoever comes while the change has gone half way is refused or finds the data as before; nothing is lost. */
    private void assertNobodyIsMisled(String point) {
        if (!Files.exists(directory.marker())) {
            assertThat(content(directory.data())).as(point).isEqualTo(ORIGINAL);
        }
        copyContents().forEach((name, content) -> assertThat(content)
                .as("safety copy %s, %s", name, point)
                .isEqualTo(name.equals(EARLIER.id()) ? OLDEST : ORIGINAL));
        List<Map<String, String>> everything = new ArrayList<>(List.of(content(directory.data())));
        list(directory.safetyCopies())
                .forEach(name -> everything.add(content(directory.safetyCopies().resolve(name))));
        assertThat(everything).as(point).contains(ORIGINAL, OLDEST);
    }

    private Map<String, Map<String, String>> copyContents() {
        Map<String, Map<String, String>> contents = new TreeMap<>();
        actor().copies().names().forEach(name -> contents.put(name, content(directory.safetyCopy(name))));
        return contents;
    }

    private List<String> stepsOf(Consumer<Actor> call) {
        return stepsOf(call, this::prepare);
    }

    private List<String> stepsOf(Consumer<Actor> call, Runnable preparation) {
        preparation.run();
        List<String> steps = new ArrayList<>();
        call.accept(new Actor(steps::add, () -> {}));
        return steps;
    }

    private List<String> stepsToGiveBack(Way way) {
        return stepsOf(actor -> actor.giveBack(RESTORE), () -> {
            prepare();
            change(way, RESTORE).accept(actor());
        });
    }

    /** Leaves the files as the death of the process before the step leaves them; it lives when there are fewer steps. */
    private void dieAt(int step, Consumer<Actor> call) {
        int[] left = {step};
        Actor dying = new Actor(
                name -> {
                    if (left[0]-- == 0) {
                        throw new Death();
                    }
                },
                () -> {});
        try {
            call.accept(dying);
        } catch (Death e) {
            assertThat(left[0]).isNegative();
        }
    }

    private Actor actor() {
        return new Actor(step -> {}, () -> {});
    }

    private static void put(Path place, Map<String, String> content) {
        try {
            Files.createDirectories(place);
            for (Map.Entry<String, String> file : content.entrySet()) {
                Files.writeString(place.resolve(file.getKey()), file.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> list(Path place) {
        try (Stream<Path> entries = Files.list(place)) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One process that works on the directory. */
    private final class Actor {
        private final ChangeInPlace change;
        private final RestoreTarget target;

        Actor(Steps steps, Runnable whileItWaits) {
            change = new ChangeInPlace(
                    directory, duration -> whileItWaits.run(), new PlainStore(directory, steps), steps);
            target = new RestoreTarget(directory, duration -> {}, steps);
        }

        SafetyCopies copies() {
            return change.safetyCopies();
        }

        void giveBack(RestoreId restore) {
            change.giveBack(restore);
        }
    }

    private static final class Death extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }
}

package dev.tidemark.kvs.node;

import static dev.tidemark.kvs.ErrorCode.FENCED_OUT;
import static dev.tidemark.kvs.ErrorCode.NOT_ALLOWED_NOW;
import static dev.tidemark.kvs.ErrorCode.RESTORE_INCOMPLETE;
import static dev.tidemark.kvs.ErrorCode.STORE_IN_USE;
import static dev.tidemark.kvs.ErrorCode.STORE_NOT_EMPTY;
import static dev.tidemark.kvs.ErrorCode.STORE_UNAVAILABLE;
import static dev.tidemark.kvs.node.NodeFiles.assertFails;
import static dev.tidemark.kvs.node.NodeFiles.contents;
import static dev.tidemark.kvs.node.NodeFiles.everything;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.CellStore;
import dev.tidemark.kvs.CellVersion;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.cluster.StoreCluster;
import dev.tidemark.kvs.cluster.StoreConnector;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link StoreNode} does with a store that is changed in place. */
public abstract class SafetyCopyContract {
    private static final SnapshotTag BACKUP = new SnapshotTag("backup");
    private static final RestoreId RESTORE = new RestoreId("r-1", 10);
    private static final RestoreId TAKEN_OVER = new RestoreId("r-1", 11);
    private static final RestoreId OTHER = new RestoreId("r-2", 12);
    private static final RestoreId THIRD = new RestoreId("r-3", 13);

    /** The store at rest, with the content {@link #before} and a snapshot of the content {@link #atBackup}. */
    private StoreConnector store;

    private List<StoreNode> nodes;
    private StoreNode node;
    private Map<String, String> schema;
    private SortedMap<TableName, List<CellVersion>> atBackup;
    private SortedMap<TableName, List<CellVersion>> before;

    /** Returns the way to a living store without tables of the application. */
    protected abstract StoreConnector createStore();

    /** Ends the application that serves the store of {@link #createStore}, and returns the way to the store at rest. */
    protected abstract StoreConnector stop();

    /** Returns the way to as many nodes without a store, another place with each call. */
    protected abstract StoreConnector createEmpty();

    /**
     * Returns the table in which things change. A store that keeps only its transactions tables when it is adopted, because nothing else is
     * changed in place, names one of them.
     */
    protected TableName table() {
        return TableName.of("accounts");
    }

    /** The ways in which a restore changes a node, each after what it needs. */
    private enum Change {
        SET_ASIDE,
        LOAD,
        ADOPT,
        BRING_BACK
    }

    @BeforeEach
    void fillStore() {
        try (StoreCluster cluster = createStore().connect()) {
            cluster.cells().createTable(table());
            fill(cluster.cells(), 1);
            schema = cluster.describe().schema();
            atBackup = everything(cluster.cells());
            cluster.nodes().forEach(each -> each.snapshot(BACKUP));
            fill(cluster.cells(), 2);
            cluster.cells().deleteVersions(table(), Map.of(cell(1), Set.of(1L)));
            before = everything(cluster.cells());
        }
        store = stop();
        nodes = store.targetNodes();
        node = nodes.get(0);
    }

    @Test
    void setAside_data_leavesAnEmptyMarkedNodeAndASafetyCopy() {
        onAll(each -> each.setAside(RESTORE));

        assertThat(nodes).allSatisfy(each -> {
            assertThat(each.safetyCopies()).containsExactly(RESTORE.id());
            assertThat(each.isEmptyFor(RESTORE)).isTrue();
            assertThat(each.isEmptyFor(OTHER)).isFalse();
            assertFails(RESTORE_INCOMPLETE, () -> each.snapshot(new SnapshotTag("new")));
            assertFails(NOT_ALLOWED_NOW, () -> each.load(RESTORE));
            assertFails(NOT_ALLOWED_NOW, () -> each.completeRestore(RESTORE));
        });
        assertFails(RESTORE_INCOMPLETE, store::connect);
        assertFails(NOT_ALLOWED_NOW, () -> store.openRestored(RESTORE));
        assertFails(RESTORE_INCOMPLETE, () -> store.openRestored(OTHER));
    }

    @Test
    void setAside_thenRestored_servesTheBackupAndKeepsTheSafetyCopy() {
        stage(RESTORE);
        onAll(each -> each.setAside(RESTORE));
        load(RESTORE);

        assertFails(RESTORE_INCOMPLETE, store::connect);
        assertThat(restored(RESTORE)).isEqualTo(atBackup);
        onAll(each -> each.completeRestore(RESTORE));
        assertThat(served()).isEqualTo(atBackup);
        assertSafetyCopies(RESTORE.id());
    }

    @Test
    void setAside_beforeAnythingIsStaged_worksAlike() {
        onAll(each -> each.setAside(RESTORE));
        stage(RESTORE);
        load(RESTORE);

        assertThat(restored(RESTORE)).isEqualTo(atBackup);
    }

    @Test
    void setAside_again_doesNothingWhateverHasHappenedSince() {
        stage(RESTORE);
        onAll(each -> each.setAside(RESTORE));
        onAll(each -> each.setAside(TAKEN_OVER));
        load(TAKEN_OVER);
        onAll(each -> each.setAside(TAKEN_OVER));

        assertThat(restored(TAKEN_OVER)).isEqualTo(atBackup);
        onAll(each -> each.completeRestore(TAKEN_OVER));
        onAll(each -> each.setAside(TAKEN_OVER));
        assertThat(served()).isEqualTo(atBackup);
        assertSafetyCopies(RESTORE.id());
    }

    @Test
    void setAside_nodeThatHoldsNothing_doesNothingAndCanBeLoaded() {
        StoreConnector empty = createEmpty();
        List<StoreNode> targets = empty.targetNodes();

        targets.forEach(each -> each.setAside(RESTORE));

        assertThat(targets).allMatch(each -> each.safetyCopies().isEmpty());
        assertThat(targets).allMatch(each -> each.isEmptyFor(OTHER));
        assertFails(STORE_UNAVAILABLE, empty::connect);
        stage(empty, RESTORE);
        empty.prepareLoad(RESTORE, schema);
        targets.forEach(each -> each.load(RESTORE));
        targets.forEach(each -> each.completeRestore(RESTORE));
        empty.connect().close();
    }

    @Test
    void load_dataSetAsideByAnother_isRefused() {
        onAll(each -> each.setAside(RESTORE));
        stage(OTHER);

        onAll(each -> assertFails(STORE_NOT_EMPTY, () -> each.load(OTHER)));

        giveBack(new RestoreId(RESTORE.id(), OTHER.epoch()));
        assertThat(served()).isEqualTo(before);
    }

    @Test
    void discardStaging_dataSetAside_keepsTheMark() {
        stage(RESTORE);
        onAll(each -> each.setAside(RESTORE));

        onAll(each -> each.discardStaging(RESTORE));

        assertFails(RESTORE_INCOMPLETE, store::connect);
        giveBack(RESTORE);
        assertThat(served()).isEqualTo(before);
    }

    @Test
    void adopt_data_areOpenForThisRestoreAlone() {
        onAll(each -> each.adopt(RESTORE));

        assertFails(RESTORE_INCOMPLETE, store::connect);
        assertFails(RESTORE_INCOMPLETE, () -> store.openRestored(OTHER));
        assertThat(nodes).allSatisfy(each -> {
            assertThat(each.safetyCopies()).containsExactly(RESTORE.id());
            assertFails(RESTORE_INCOMPLETE, () -> each.snapshot(new SnapshotTag("new")));
        });
        RestoreId next = new RestoreId(RESTORE.id(), OTHER.epoch());
        assertThat(restored(next)).isEqualTo(before);
        onAll(each -> each.completeRestore(next));
        assertThat(served()).isEqualTo(before);
        assertSafetyCopies(RESTORE.id());
    }

    @Test
    void adopt_again_doesNothingWhateverHasHappenedSince() {
        onAll(each -> each.adopt(RESTORE));
        onAll(each -> each.adopt(TAKEN_OVER));
        write(TAKEN_OVER, 7);
        onAll(each -> each.adopt(TAKEN_OVER));
        SortedMap<TableName, List<CellVersion>> changed = restored(TAKEN_OVER);
        onAll(each -> each.completeRestore(TAKEN_OVER));
        onAll(each -> each.adopt(TAKEN_OVER));

        assertThat(served()).isEqualTo(changed).isNotEqualTo(before);
        bringBack(OTHER, RESTORE.id());
        assertThat(restored(OTHER)).isEqualTo(before);
    }

    @Test
    void adopt_nodeWithoutStore_isUnavailableAndLeavesNoMark() {
        StoreConnector empty = createEmpty();
        List<StoreNode> targets = empty.targetNodes();

        targets.forEach(each -> assertFails(STORE_UNAVAILABLE, () -> each.adopt(RESTORE)));

        assertThat(targets).allMatch(each -> each.safetyCopies().isEmpty());
        assertThat(targets).allMatch(each -> each.isEmptyFor(OTHER));
        assertFails(STORE_UNAVAILABLE, empty::connect);
    }

    @Test
    void bringBack_afterARewind_givesExactlyTheOldCells() {
        rewind(RESTORE, 7);
        writeAsApplication(8);

        bringBack(OTHER, RESTORE.id());

        assertFails(RESTORE_INCOMPLETE, store::connect);
        assertThat(restored(OTHER)).isEqualTo(before);
        assertSafetyCopies();
        onAll(each -> each.completeRestore(OTHER));
        assertThat(served()).isEqualTo(before);
        assertSafetyCopies();
    }

    @Test
    void bringBack_afterARestore_givesExactlyTheOldCells() {
        restoreInPlace(RESTORE);
        writeAsApplication(8);

        bringBack(OTHER, RESTORE.id());

        assertThat(restored(OTHER)).isEqualTo(before);
        onAll(each -> each.completeRestore(OTHER));
        assertThat(served()).isEqualTo(before);
    }

    @Test
    void bringBack_again_doesNothingWhateverHasHappenedSince() {
        rewind(RESTORE, 7);
        RestoreId next = new RestoreId(OTHER.id(), OTHER.epoch() + 1);
        bringBack(OTHER, RESTORE.id());
        bringBack(next, RESTORE.id());
        write(next, 9);
        bringBack(next, RESTORE.id());
        SortedMap<TableName, List<CellVersion>> changed = restored(next);
        onAll(each -> each.completeRestore(next));
        onAll(each -> each.completeRestore(next));
        bringBack(next, RESTORE.id());

        assertThat(served()).isEqualTo(changed).isNotEqualTo(before);
    }

    @Test
    void bringBack_noSuchSafetyCopy_isRefusedAndChangesNothing() {
        for (String name : List.of("r-9", RESTORE.id(), "../data", "", ".", "safety copy")) {
            onAll(each -> assertFails(NOT_ALLOWED_NOW, () -> each.bringBack(OTHER, name)));
        }

        assertThat(served()).isEqualTo(before);
    }

    @Test
    void bringBack_twoUndoes_secondIsRefused() {
        rewind(RESTORE, 7);
        bringBack(OTHER, RESTORE.id());
        onAll(each -> each.completeRestore(OTHER));

        onAll(each -> assertFails(NOT_ALLOWED_NOW, () -> each.bringBack(THIRD, RESTORE.id())));

        assertThat(served()).isEqualTo(before);
    }

    @Test
    void bringBack_anotherCopyThanBefore_isRefused() {
        rewind(RESTORE, 7);
        rewind(OTHER, 8);
        bringBack(THIRD, OTHER.id());

        onAll(each -> assertFails(NOT_ALLOWED_NOW, () -> each.bringBack(THIRD, RESTORE.id())));

        assertSafetyCopies(RESTORE.id());
        giveBack(THIRD);
        assertSafetyCopies(RESTORE.id(), OTHER.id());
    }

    @Test
    void safetyCopies_ofSeveralRestores_eachHoldWhatWasThereBefore() {
        restoreInPlace(RESTORE);
        SortedMap<TableName, List<CellVersion>> beforeRewind = served();
        rewind(OTHER, 7);
        assertSafetyCopies(RESTORE.id(), OTHER.id());

        bringBack(THIRD, OTHER.id());
        assertThat(restored(THIRD)).isEqualTo(beforeRewind);
        onAll(each -> each.completeRestore(THIRD));
        RestoreId last = new RestoreId("r-4", 14);
        bringBack(last, RESTORE.id());

        assertThat(restored(last)).isEqualTo(before);
        assertSafetyCopies();
    }

    @ParameterizedTest
    @EnumSource(Change.class)
    void giveBack_afterEachChange_isAsBeforeAndCanBeginAgain(Change change) {
        SortedMap<TableName, List<CellVersion>> content = prepare(change);
        Set<String> copies = node.safetyCopies();
        apply(change, nodes, OTHER);

        for (int i = 0; i < 2; i++) {
            giveBack(OTHER);

            assertThat(nodes).allSatisfy(each -> {
                assertThat(each.safetyCopies()).isEqualTo(copies);
                assertThat(each.isEmptyFor(OTHER)).isFalse();
            });
            assertThat(served()).isEqualTo(content);
        }
        writeAsApplication(20);
        SortedMap<TableName, List<CellVersion>> later = served();
        stage(OTHER);
        apply(change, nodes, OTHER);
        giveBack(OTHER);
        assertThat(served()).isEqualTo(later);
    }

    @ParameterizedTest
    @EnumSource(Change.class)
    void giveBack_someNodesOnly_isFineOnTheOthers(Change change) {
        SortedMap<TableName, List<CellVersion>> content = prepare(change);
        apply(change, List.of(node), OTHER);
        assertFails(RESTORE_INCOMPLETE, store::connect);

        giveBack(OTHER);

        assertThat(served()).isEqualTo(content);
    }

    @Test
    void giveBack_adoptedAndWrittenTo_isAsBefore() {
        onAll(each -> each.adopt(RESTORE));
        write(RESTORE, 7);

        giveBack(RESTORE);

        assertThat(served()).isEqualTo(before);
        assertSafetyCopies();
        writeAsApplication(8);
        assertThat(served()).isNotEqualTo(before);
    }

    @Test
    void giveBack_loadedAndWrittenTo_isAsBefore() {
        stage(RESTORE);
        onAll(each -> each.setAside(RESTORE));
        load(RESTORE);
        write(RESTORE, 7);

        giveBack(RESTORE);

        assertThat(served()).isEqualTo(before);
        assertSafetyCopies();
    }

    @Test
    void giveBack_openedByTheRestoreMeanwhile_isAsBefore() {
        rewind(RESTORE, 7);
        SortedMap<TableName, List<CellVersion>> content = served();
        bringBack(OTHER, RESTORE.id());
        assertThat(restored(OTHER)).isEqualTo(before);
        giveBack(OTHER);
        assertThat(served()).isEqualTo(content);

        bringBack(THIRD, RESTORE.id());

        assertThat(restored(THIRD)).isEqualTo(before);
    }

    /** A coordinator that was stopped in a clean-up must not go on with it on data that are live again. */
    @ParameterizedTest
    @ValueSource(longs = {0, 1})
    void giveBack_whileTheRestoreHasTheStoreOpen_isRefusedOrTheStoreIsClosedToIt(long laterEpochs) {
        onAll(each -> each.adopt(RESTORE));
        RestoreId later = new RestoreId(RESTORE.id(), RESTORE.epoch() + laterEpochs);
        try (StoreCluster cluster = store.openRestored(RESTORE)) {
            if (areGivenBack(later)) {
                assertThatThrownBy(() -> fill(cluster.cells(), 9)).isInstanceOf(KeyValueStoreException.class);
                assertThatThrownBy(() -> cluster.transactionTable().read(1)).isInstanceOf(KeyValueStoreException.class);
                assertThat(served()).isEqualTo(before);
            }
        }

        giveBack(later);

        assertThat(served()).isEqualTo(before);
    }

    private boolean areGivenBack(RestoreId restore) {
        try {
            giveBack(restore);
            return true;
        } catch (KeyValueStoreException e) {
            assertThat(e.code()).isEqualTo(STORE_IN_USE);
            return false;
        }
    }

    @Test
    void giveBack_nothingToTakeBack_doesNothing() {
        giveBack(RESTORE);
        assertThat(served()).isEqualTo(before);
        StoreConnector empty = createEmpty();
        empty.prepareGiveBack(RESTORE);
        empty.targetNodes().forEach(each -> each.giveBack(RESTORE));
        assertFails(STORE_UNAVAILABLE, empty::connect);

        rewind(RESTORE, 7);
        SortedMap<TableName, List<CellVersion>> content = served();
        giveBack(RESTORE);
        assertThat(served()).as("complete").isEqualTo(content);
        assertSafetyCopies(RESTORE.id());
        bringBack(OTHER, RESTORE.id());
        giveBack(THIRD);
        RestoreId next = new RestoreId(OTHER.id(), THIRD.epoch());
        assertThat(restored(next)).as("marked by another").isEqualTo(before);
        onAll(each -> each.completeRestore(next));
        giveBack(next);
        assertThat(served()).as("undone").isEqualTo(before);
    }

    @Test
    void giveBack_loadedIntoANodeThatHeldNothing_leavesIt() {
        StoreConnector empty = createEmpty();
        List<StoreNode> targets = empty.targetNodes();
        targets.forEach(each -> each.setAside(RESTORE));
        stage(empty, RESTORE);
        empty.prepareLoad(RESTORE, schema);
        targets.forEach(each -> each.load(RESTORE));

        empty.prepareGiveBack(RESTORE);
        targets.forEach(each -> each.giveBack(RESTORE));

        assertFails(RESTORE_INCOMPLETE, empty::connect);
        empty.openRestored(RESTORE).close();
    }

    @ParameterizedTest
    @EnumSource(Change.class)
    void anyChange_markOfAnother_isRefusedAndLeavesIt(Change change) {
        prepare(change);
        Set<String> copies = node.safetyCopies();
        apply(change, nodes, OTHER);

        onAll(each -> {
            assertFails(RESTORE_INCOMPLETE, () -> each.setAside(THIRD));
            assertFails(RESTORE_INCOMPLETE, () -> each.adopt(THIRD));
            assertFails(RESTORE_INCOMPLETE, () -> each.bringBack(THIRD, RESTORE.id()));
            assertFails(RESTORE_INCOMPLETE, () -> each.bringBack(THIRD, OTHER.id()));
            assertFails(RESTORE_INCOMPLETE, () -> each.dropSafetyCopy(THIRD, OTHER.id()));
            assertFails(RESTORE_INCOMPLETE, () -> each.completeRestore(THIRD));
        });

        giveBack(new RestoreId(OTHER.id(), THIRD.epoch()));
        assertThat(nodes).allMatch(each -> each.safetyCopies().equals(copies));
    }

    @Test
    void anyChange_afterAnotherOfTheSameRestore_isRefused() {
        restoreInPlace(RESTORE);
        onAll(each -> each.setAside(OTHER));
        onAll(each -> assertFails(NOT_ALLOWED_NOW, () -> each.adopt(OTHER)));
        onAll(each -> assertFails(NOT_ALLOWED_NOW, () -> each.bringBack(OTHER, RESTORE.id())));
        giveBack(OTHER);

        onAll(each -> each.adopt(OTHER));
        onAll(each -> assertFails(NOT_ALLOWED_NOW, () -> each.setAside(OTHER)));
        onAll(each -> assertFails(NOT_ALLOWED_NOW, () -> each.bringBack(OTHER, RESTORE.id())));
        giveBack(OTHER);

        bringBack(OTHER, RESTORE.id());
        onAll(each -> assertFails(NOT_ALLOWED_NOW, () -> each.setAside(OTHER)));
        onAll(each -> assertFails(NOT_ALLOWED_NOW, () -> each.adopt(OTHER)));
        assertThat(restored(OTHER)).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource(Change.class)
    void anyChange_greaterEpochSeen_isFencedOut(Change change) {
        SortedMap<TableName, List<CellVersion>> content = prepare(change);
        RestoreId next = new RestoreId(OTHER.id(), 20);
        apply(change, nodes, next);

        List<Consumer<StoreNode>> calls = List.of(
                each -> each.setAside(OTHER),
                each -> each.adopt(OTHER),
                each -> each.bringBack(OTHER, RESTORE.id()),
                each -> each.giveBack(OTHER),
                each -> each.dropSafetyCopy(OTHER, RESTORE.id()));
        onAll(each -> calls.forEach(call -> assertFails(FENCED_OUT, () -> call.accept(each))));

        giveBack(next);
        onAll(each -> calls.forEach(call -> assertFails(FENCED_OUT, () -> call.accept(each))));
        assertThat(served()).isEqualTo(content);
    }

    @Test
    void dropSafetyCopy_presentOrNot_isGoneAndTheDataStay() {
        rewind(RESTORE, 7);
        SortedMap<TableName, List<CellVersion>> content = served();

        onAll(each -> each.dropSafetyCopy(OTHER, RESTORE.id()));
        onAll(each -> each.dropSafetyCopy(OTHER, RESTORE.id()));
        onAll(each -> each.dropSafetyCopy(OTHER, "never-made"));
        onAll(each -> each.dropSafetyCopy(OTHER, "../data"));

        assertSafetyCopies();
        assertThat(served()).isEqualTo(content);
        onAll(each -> assertFails(NOT_ALLOWED_NOW, () -> each.bringBack(THIRD, RESTORE.id())));
    }

    @Test
    void dropSafetyCopy_ofTheRestoreThatRuns_isRefusedAndAnotherIsDropped() {
        rewind(RESTORE, 7);
        onAll(each -> each.adopt(OTHER));

        onAll(each -> assertFails(NOT_ALLOWED_NOW, () -> each.dropSafetyCopy(OTHER, OTHER.id())));
        onAll(each -> each.dropSafetyCopy(OTHER, RESTORE.id()));

        assertSafetyCopies(OTHER.id());
        onAll(each -> each.completeRestore(OTHER));
        onAll(each -> each.dropSafetyCopy(OTHER, OTHER.id()));
        assertSafetyCopies();
    }

    @Test
    void snapshots_throughAllChanges_areUntouched() {
        SortedMap<String, Bytes> content = contents(node, BACKUP);
        rewind(RESTORE, 7);
        restoreInPlace(OTHER);
        bringBack(THIRD, OTHER.id());
        giveBack(THIRD);
        bringBack(THIRD, RESTORE.id());
        onAll(each -> each.completeRestore(THIRD));

        assertThat(node.snapshots()).containsExactly(BACKUP);
        assertThat(contents(node, BACKUP)).isEqualTo(content);
        assertThat(served()).isEqualTo(before);
    }

    @Test
    void safetyCopies_noneMade_areNone() {
        assertSafetyCopies();
        assertThat(createEmpty().targetNodes())
                .allMatch(each -> each.safetyCopies().isEmpty());
    }

    /** Makes what the change of the restore {@link #OTHER} needs, and returns the content of the store then. */
    private SortedMap<TableName, List<CellVersion>> prepare(Change change) {
        if (change == Change.BRING_BACK) {
            rewind(RESTORE, 7);
        }
        stage(OTHER);
        return served();
    }

    private void apply(Change change, List<StoreNode> some, RestoreId restore) {
        switch (change) {
            case SET_ASIDE -> some.forEach(each -> each.setAside(restore));
            case LOAD -> {
                some.forEach(each -> each.setAside(restore));
                store.prepareLoad(restore, schema);
                some.forEach(each -> each.load(restore));
            }
            case ADOPT -> some.forEach(each -> each.adopt(restore));
            case BRING_BACK -> {
                store.prepareBringBack(restore, RESTORE.id());
                some.forEach(each -> each.bringBack(restore, RESTORE.id()));
            }
        }
    }

    private void load(RestoreId restore) {
        store.prepareLoad(restore, schema);
        onAll(each -> each.load(restore));
    }

    private void bringBack(RestoreId restore, String safetyCopy) {
        store.prepareBringBack(restore, safetyCopy);
        onAll(each -> each.bringBack(restore, safetyCopy));
    }

    private void giveBack(RestoreId restore) {
        store.prepareGiveBack(restore);
        onAll(each -> each.giveBack(restore));
    }

    private void rewind(RestoreId restore, long timestamp) {
        onAll(each -> each.adopt(restore));
        write(restore, timestamp);
        onAll(each -> each.completeRestore(restore));
    }

    private void restoreInPlace(RestoreId restore) {
        stage(restore);
        onAll(each -> each.setAside(restore));
        load(restore);
        restored(restore);
        onAll(each -> each.completeRestore(restore));
    }

    private void stage(RestoreId restore) {
        stage(store, restore);
    }

    private void stage(StoreConnector target, RestoreId restore) {
        NodeFiles.place(nodes, BACKUP, target, restore);
    }

    private void onAll(Consumer<StoreNode> call) {
        nodes.forEach(call);
    }

    private void assertSafetyCopies(String... expected) {
        assertThat(nodes).allSatisfy(each -> assertThat(each.safetyCopies()).containsExactly(expected));
    }

    /** Changes cells as a restore does with a store that it has marked. */
    private void write(RestoreId restore, long timestamp) {
        try (StoreCluster cluster = store.openRestored(restore)) {
            fill(cluster.cells(), timestamp);
            cluster.cells().deleteVersions(table(), Map.of(cell(2), Set.of(2L)));
        }
    }

    private void writeAsApplication(long timestamp) {
        try (StoreCluster cluster = store.connect()) {
            fill(cluster.cells(), timestamp);
            cluster.cells().deleteVersions(table(), Map.of(cell(3), Set.of(2L)));
        }
    }

    private SortedMap<TableName, List<CellVersion>> restored(RestoreId restore) {
        try (StoreCluster cluster = store.openRestored(restore)) {
            cluster.repair(cluster.describe().tables());
            return everything(cluster.cells());
        }
    }

    private SortedMap<TableName, List<CellVersion>> served() {
        try (StoreCluster cluster = store.connect()) {
            return everything(cluster.cells());
        }
    }

    private void fill(CellStore cells, long timestamp) {
        Map<Cell, Bytes> values = new HashMap<>();
        for (int i = 0; i < 50; i++) {
            values.put(cell(i), Bytes.utf8("value " + i + " of " + timestamp));
        }
        cells.put(table(), values, timestamp);
    }

    private static Cell cell(int number) {
        return Cell.of(Bytes.ofLong(number), Bytes.utf8("balance"));
    }
}

package dev.tidemark.kvs.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.Version;
import dev.tidemark.kvs.memory.Faults.Moment;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.node.SnapshotTag;
import dev.tidemark.kvs.node.StoreNode;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FaultsTest {
    private static final InMemoryOptions OPTIONS = InMemoryOptions.threeNodes(100, TransactionsSchemaMap.always(3));
    private static final TableName TABLE = TableName.of("t");
    private static final Cell CELL = Cell.of(Bytes.utf8("row"), Bytes.utf8("column"));
    private static final Bytes ONE = Bytes.utf8("one");
    private static final Bytes TWO = Bytes.utf8("two");
    private static final SnapshotTag TAG = new SnapshotTag("tag");
    private static final RestoreId RESTORE = new RestoreId("restore", 1);

    private final InMemoryStore store = InMemoryStore.create(OPTIONS, new SplittableRandom(1));
    private final StoreNode node = store.targetNodes().get(0);

    @BeforeEach
    void createTable() {
        store.cells().createTable(TABLE);
        store.deliverAll();
    }

    @Test
    void failNext_beforePut_writesNothing() {
        assertFails(Seam.PUT, Moment.BEFORE_EFFECT, () -> store.cells().put(TABLE, Map.of(CELL, ONE), 5));

        assertThat(latest()).isNull();
    }

    @Test
    void failNext_afterPut_hasWritten() {
        assertFails(Seam.PUT, Moment.AFTER_EFFECT, () -> store.cells().put(TABLE, Map.of(CELL, ONE), 5));

        assertThat(latest()).isEqualTo(new Version(5, ONE));
    }

    @Test
    void failNext_afterPutUnlessExists_theRetryFindsItsOwnValue() {
        assertFails(
                Seam.PUT_UNLESS_EXISTS, Moment.AFTER_EFFECT, () -> store.cells().putUnlessExists(TABLE, CELL, ONE));

        assertThat(store.cells().putUnlessExists(TABLE, CELL, ONE)).contains(ONE);
    }

    @Test
    void failNext_beforePutUnlessExists_theRetryPuts() {
        assertFails(Seam.PUT_UNLESS_EXISTS, Moment.BEFORE_EFFECT, () -> store.cells()
                .putUnlessExists(TABLE, CELL, ONE));

        assertThat(store.cells().putUnlessExists(TABLE, CELL, ONE)).isEmpty();
    }

    @Test
    void failNext_afterCompareAndSet_theRetryFindsTheUpdate() {
        store.cells().putUnlessExists(TABLE, CELL, ONE);
        assertFails(
                Seam.COMPARE_AND_SET, Moment.AFTER_EFFECT, () -> store.cells().compareAndSet(TABLE, CELL, ONE, TWO));

        assertThat(store.cells().compareAndSet(TABLE, CELL, ONE, TWO)).isFalse();
        assertThat(latest()).isEqualTo(new Version(0, TWO));
    }

    @Test
    void failNext_deleteVersions_hasItsEffectOnlyWhenItFailsAfterwards() {
        store.cells().put(TABLE, Map.of(CELL, ONE), 5);

        assertFails(
                Seam.DELETE, Moment.BEFORE_EFFECT, () -> store.cells().deleteVersions(TABLE, Map.of(CELL, Set.of(5L))));
        assertThat(latest()).isNotNull();
        assertFails(
                Seam.DELETE, Moment.AFTER_EFFECT, () -> store.cells().deleteVersions(TABLE, Map.of(CELL, Set.of(5L))));
        assertThat(latest()).isNull();
    }

    @Test
    void failNext_snapshot_isTakenOnlyWhenItFailsAfterwardsAndOnce() {
        assertFails(Seam.SNAPSHOT, Moment.BEFORE_EFFECT, () -> node.snapshot(TAG));
        assertThat(node.snapshots()).isEmpty();

        assertFails(Seam.SNAPSHOT, Moment.AFTER_EFFECT, () -> node.snapshot(TAG));
        assertThat(node.snapshots()).containsExactly(TAG);
        Map<VersionKey, Write> taken = SnapshotContent.table(node, TAG, TABLE);
        store.cells().put(TABLE, Map.of(CELL, ONE), 5);
        store.deliverAll();
        node.snapshot(TAG);

        assertThat(SnapshotContent.table(node, TAG, TABLE)).isEqualTo(taken);
    }

    @Test
    void failNext_open_onlyTheOneCallFails() {
        node.snapshot(TAG);
        String path = SnapshotContent.files(node, TAG).get(0).path();

        assertFails(Seam.OPEN, Moment.BEFORE_EFFECT, () -> node.open(TAG, path));

        assertThat(SnapshotContent.read(node, TAG, path)).isNotEmpty();
    }

    @Test
    void failNext_drop_hasItsEffectOnlyWhenItFailsAfterwards() {
        node.snapshot(TAG);

        assertFails(Seam.DROP, Moment.BEFORE_EFFECT, () -> node.drop(TAG));
        assertThat(node.snapshots()).containsExactly(TAG);
        assertFails(Seam.DROP, Moment.AFTER_EFFECT, () -> node.drop(TAG));
        assertThat(node.snapshots()).isEmpty();
        node.drop(TAG);
    }

    @Test
    void failNext_stageWrite_leavesNoFile() {
        InMemoryStore other = InMemoryStore.createEmpty(OPTIONS, new SplittableRandom(2));
        node.snapshot(TAG);

        other.faults().failNext(Seam.STAGE_WRITE, Moment.AFTER_EFFECT, ErrorCode.DISK_FULL);
        StoreNode refusing = other.targetNodes().get(0);
        assertCode(ErrorCode.DISK_FULL, () -> SnapshotContent.stage(node, TAG, refusing, RESTORE));

        assertThat(refusing.stage(RESTORE, 0).files()).isEmpty();
        SnapshotContent.stage(node, TAG, refusing, RESTORE);
        assertThat(refusing.stage(RESTORE, 0).files()).hasSameSizeAs(SnapshotContent.files(node, TAG));
    }

    @Test
    void failNext_loadAndComplete_theRetryEndsWhereTheFirstWouldHave() {
        for (Moment moment : Moment.values()) {
            InMemoryStore target = InMemoryStore.createEmpty(
                    InMemoryOptions.singleNode(TransactionsSchemaMap.always(3)), new SplittableRandom(2));
            StoreNode restored = target.targetNodes().get(0);
            SnapshotTag tag = new SnapshotTag("tag-" + moment);
            node.snapshot(tag);
            SnapshotContent.stage(node, tag, restored, RESTORE);

            target.faults().failNext(Seam.LOAD, moment, ErrorCode.STORE_UNAVAILABLE);
            assertCode(ErrorCode.STORE_UNAVAILABLE, () -> restored.load(RESTORE));
            restored.load(RESTORE);
            assertCode(ErrorCode.RESTORE_INCOMPLETE, target::connect);
            target.faults().failNext(Seam.COMPLETE_RESTORE, moment, ErrorCode.STORE_UNAVAILABLE);
            assertCode(ErrorCode.STORE_UNAVAILABLE, () -> restored.completeRestore(RESTORE));
            restored.completeRestore(RESTORE);

            assertThat(target.connect().describe().tables()).as("%s", moment).contains(TABLE);
        }
    }

    @Test
    void failNext_repair_hasItsEffectOnlyWhenItFailsAfterwards() {
        store.cells().put(TABLE, Map.of(CELL, ONE), 5);

        assertFails(Seam.REPAIR, Moment.BEFORE_EFFECT, () -> store.connect().repair(Set.of(TABLE)));
        assertThat(copies(new SnapshotTag("before"))).isEqualTo(2);
        assertFails(Seam.REPAIR, Moment.AFTER_EFFECT, () -> store.connect().repair(Set.of(TABLE)));
        assertThat(copies(new SnapshotTag("after"))).isEqualTo(3);
    }

    @Test
    void failNext_twice_failsTwoCallsInOrder() {
        store.faults().failNext(Seam.PUT, Moment.BEFORE_EFFECT, ErrorCode.STORE_UNAVAILABLE);
        store.faults().failNext(Seam.PUT, Moment.BEFORE_EFFECT, ErrorCode.DISK_FULL);

        assertCode(ErrorCode.STORE_UNAVAILABLE, () -> store.cells().put(TABLE, Map.of(CELL, ONE), 5));
        assertCode(ErrorCode.DISK_FULL, () -> store.cells().put(TABLE, Map.of(CELL, ONE), 5));
        store.cells().put(TABLE, Map.of(CELL, ONE), 5);
        assertThat(latest()).isEqualTo(new Version(5, ONE));
    }

    @Test
    void listen_callOfASeam_isHeardBeforeItsEffectAndMayUseTheStore() {
        List<Seam> heard = new ArrayList<>();
        store.faults().listen(seam -> {
            heard.add(seam);
            if (seam == Seam.PUT_UNLESS_EXISTS) {
                store.faults().listen(heard::add);
                store.cells().putUnlessExists(TABLE, CELL, TWO);
            }
        });

        assertThat(store.cells().putUnlessExists(TABLE, CELL, ONE)).contains(TWO);
        assertThat(heard).containsExactly(Seam.PUT_UNLESS_EXISTS, Seam.PUT_UNLESS_EXISTS);
    }

    @Test
    void listen_failsByItself_theCallHasNoEffect() {
        store.faults().listen(seam -> {
            throw new IllegalStateException("the process ends here");
        });

        assertThatThrownBy(() -> store.cells().put(TABLE, Map.of(CELL, ONE), 5))
                .isInstanceOf(IllegalStateException.class);
        store.faults().listen(seam -> {});
        assertThat(latest()).isNull();
    }

    private int copies(SnapshotTag tag) {
        int copies = 0;
        for (StoreNode each : store.targetNodes()) {
            each.snapshot(tag);
            copies += SnapshotContent.table(each, tag, TABLE).containsKey(new VersionKey(CELL, 5)) ? 1 : 0;
        }
        return copies;
    }

    private Version latest() {
        return store.cells().getLatest(TABLE, Set.of(CELL), Long.MAX_VALUE).get(CELL);
    }

    private void assertFails(Seam seam, Moment moment, ThrowingCallable call) {
        store.faults().failNext(seam, moment, ErrorCode.STORE_UNAVAILABLE);
        assertCode(ErrorCode.STORE_UNAVAILABLE, call);
    }

    private static void assertCode(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(KeyValueStoreException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }
}

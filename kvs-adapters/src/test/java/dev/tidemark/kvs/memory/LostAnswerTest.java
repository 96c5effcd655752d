package dev.tidemark.kvs.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.CellChange;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.Version;
import dev.tidemark.kvs.memory.Faults.Moment;
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

class LostAnswerTest {
    private static final InMemoryOptions OPTIONS = InMemoryOptions.threeNodes(100, TransactionsSchemaMap.always(3));
    private static final TableName TABLE = TableName.of("t");
    private static final Cell CELL = Cell.of(Bytes.utf8("row"), Bytes.utf8("column"));
    private static final Bytes ONE = Bytes.utf8("one");
    private static final Bytes TWO = Bytes.utf8("two");
    private static final SnapshotTag TAG = new SnapshotTag("tag");

    private final InMemoryStore store = InMemoryStore.create(OPTIONS, new SplittableRandom(1));
    private final StoreNode node = store.targetNodes().get(0);

    @BeforeEach
    void createTable() {
        store.cells().createTable(TABLE);
        store.deliverAll();
    }

    @Test
    void failNext_afterPutUnlessExists_theRetryFindsItsOwnValue() {
        assertFails(
                Seam.PUT_UNLESS_EXISTS, Moment.AFTER_EFFECT, () -> store.cells().putUnlessExists(TABLE, CELL, ONE));

        assertThat(store.cells().putUnlessExists(TABLE, CELL, ONE)).contains(ONE);
    }

    @Test
    void failNext_afterCompareAndSet_theRetryFindsTheUpdate() {
        store.cells().putUnlessExists(TABLE, CELL, ONE);
        assertFails(
                Seam.COMPARE_AND_SET, Moment.AFTER_EFFECT, () -> store.cells().compareAndSet(TABLE, CELL, ONE, TWO));

        assertThat(store.cells().compareAndSet(TABLE, CELL, ONE, TWO)).isFalse();
        assertThat(latest()).isEqualTo(new Version(0, TWO));
    }

    /** The second of three changes fails: what came before is done, what comes after is not. */
    @Test
    void failNext_amongManyChanges_failsOneCellAloneAndTheRetryEndsTheRest() {
        for (Moment moment : Moment.values()) {
            List<CellChange> changes = new ArrayList<>();
            for (String row : List.of("1", "2", "3")) {
                Cell cell = Cell.of(Bytes.utf8(moment + row), CELL.column());
                store.cells().putUnlessExists(TABLE, cell, ONE);
                changes.add(new CellChange(cell, ONE, TWO));
            }
            boolean isDone = moment == Moment.AFTER_EFFECT;
            int[] calls = {0};
            store.faults().listen(seam -> {
                if (seam == Seam.COMPARE_AND_SET && ++calls[0] == 2) {
                    store.faults().failNext(seam, moment, ErrorCode.STORE_UNAVAILABLE);
                }
            });

            assertCode(ErrorCode.STORE_UNAVAILABLE, () -> store.cells().compareAndSetAll(TABLE, changes));

            assertThat(calls[0]).isEqualTo(2);
            assertThat(values(changes)).containsExactly(TWO, isDone ? TWO : ONE, ONE);
            assertThat(store.cells().compareAndSetAll(TABLE, changes)).hasSize(isDone ? 2 : 1);
            assertThat(values(changes)).containsOnly(TWO);
        }
    }

    private List<Bytes> values(List<CellChange> changes) {
        return changes.stream()
                .map(change -> store.cells()
                        .getLatest(TABLE, Set.of(change.cell()), 0)
                        .get(change.cell())
                        .value())
                .toList();
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

package dev.tidemark.kvs.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.Version;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.node.SnapshotFile;
import dev.tidemark.kvs.node.SnapshotTag;
import dev.tidemark.kvs.node.StoreNode;
import dev.tidemark.kvs.transactiontable.TransactionState;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InMemoryReplicationTest {
    private static final TransactionsSchemaMap SCHEMAS = TransactionsSchemaMap.always(3);
    private static final InMemoryOptions ALWAYS_LAGGING = InMemoryOptions.threeNodes(100, SCHEMAS);
    private static final TableName TABLE = TableName.of("accounts");
    private static final Cell CELL = Cell.of(Bytes.utf8("row"), Bytes.utf8("column"));
    private static final Bytes ONE = Bytes.utf8("one");
    private static final Bytes TWO = Bytes.utf8("two");
    private static final SnapshotTag TAG = new SnapshotTag("tag");
    private static final SnapshotTag LATER = new SnapshotTag("later");
    private static final RestoreId RESTORE = new RestoreId("restore", 1);

    private final InMemoryStore store = InMemoryStore.create(ALWAYS_LAGGING, new SplittableRandom(1));

    @BeforeEach
    void createTable() {
        store.cells().createTable(TABLE);
        store.deliverAll();
    }

    @Test
    void snapshot_somethingWrittenSinceTheLast_addsOneFile() {
        StoreNode node = store.targetNodes().get(0);
        node.snapshot(TAG);
        put(ONE, 5);
        put(TWO, 6);
        store.deliverAll();
        node.snapshot(LATER);

        List<SnapshotFile> before = SnapshotContent.files(node, TAG);
        assertThat(SnapshotContent.files(node, LATER))
                .hasSize(before.size() + 1)
                .startsWith(before.toArray(SnapshotFile[]::new));
    }

    @Test
    void repair_secondTime_writesNothing() {
        put(ONE, 5);
        store.connect().repair(Set.of(TABLE));
        store.targetNodes().forEach(node -> node.snapshot(TAG));
        store.connect().repair(Set.of(TABLE));
        store.targetNodes().forEach(node -> node.snapshot(LATER));

        for (StoreNode node : store.targetNodes()) {
            assertThat(SnapshotContent.files(node, LATER)).isEqualTo(SnapshotContent.files(node, TAG));
        }
    }

    @Test
    void repair_otherTable_leavesThisOneAlone() {
        put(ONE, 5);
        int late = lateNode();
        store.connect().repair(Set.of(TableName.of("_transactions2")));
        store.targetNodes().forEach(node -> node.snapshot(TAG));

        assertThat(nodesWith(TAG, new VersionKey(CELL, 5))).hasSize(2).doesNotContain(late);
    }

    @Test
    void compareAndSet_manyWithLaggingReplicas_eachSeesTheLastOne() {
        store.cells().putUnlessExists(TABLE, CELL, Bytes.ofLong(0));
        for (long i = 0; i < 200; i++) {
            assertThat(store.cells().compareAndSet(TABLE, CELL, Bytes.ofLong(i), Bytes.ofLong(i + 1)))
                    .as("step %d", i)
                    .isTrue();
            assertThat(store.cells().compareAndSet(TABLE, CELL, Bytes.ofLong(i), Bytes.ofLong(-1)))
                    .as("step %d", i)
                    .isFalse();
        }
        store.deliverAll();

        assertThat(latest(0)).isEqualTo(new Version(0, Bytes.ofLong(200)));
    }

    @Test
    void compareAndSet_afterRestore_goesOnAboveEveryRestoredWrite() {
        store.cells().putUnlessExists(TABLE, CELL, Bytes.ofLong(0));
        for (long i = 0; i < 50; i++) {
            store.cells().compareAndSet(TABLE, CELL, Bytes.ofLong(i), Bytes.ofLong(i + 1));
        }
        InMemoryStore restored = restore(SCHEMAS);
        restored.targetNodes().forEach(node -> node.completeRestore(RESTORE));

        assertThat(restored.cells().compareAndSet(TABLE, CELL, Bytes.ofLong(50), ONE))
                .isTrue();
        restored.connect().repair(Set.of(TABLE));

        assertThat(restored.cells().getLatest(TABLE, Set.of(CELL), 0).get(CELL).value())
                .isEqualTo(ONE);
    }

    @Test
    void deliver_nodeDown_waitsUntilItIsUp() {
        store.pretendDown(1);
        put(ONE, 5);
        store.deliver(1);
        store.deliverAll();
        assertThat(store.pendingWrites(1)).isEqualTo(1);
        assertFails(ErrorCode.STORE_UNAVAILABLE, () -> node1().snapshot(TAG));

        store.pretendUp(1);
        node1().snapshot(TAG);
        assertThat(nodesWith(TAG, new VersionKey(CELL, 5))).isEmpty();
        store.deliver(1);
        node1().snapshot(LATER);

        assertThat(store.pendingWrites(1)).isZero();
        assertThat(SnapshotContent.table(node1(), LATER, TABLE)).containsKey(new VersionKey(CELL, 5));
    }

    @Test
    void put_fewerReplicasThanNodes_isOnTheNodesWhoseRangesHoldTheRow() {
        InMemoryOptions options = new InMemoryOptions(5, 3, 3, 0, SCHEMAS);
        InMemoryStore wide = InMemoryStore.create(options, new SplittableRandom(1));
        wide.cells().createTable(TABLE);
        for (int i = 0; i < 50; i++) {
            wide.cells().put(TABLE, Map.of(Cell.of(Bytes.utf8("row-" + i), Bytes.EMPTY), ONE), 1);
        }
        wide.targetNodes().forEach(node -> node.snapshot(TAG));

        int copies = 0;
        for (int i = 0; i < 5; i++) {
            List<String> ranges = wide.connect().describe().nodes().get(i).tokenRanges();
            assertThat(ranges).hasSize(3);
            Set<VersionKey> keys =
                    SnapshotContent.table(wide.targetNodes().get(i), TAG, TABLE).keySet();
            assertThat(keys).as("rows are spread over the nodes").hasSizeBetween(1, 49);
            assertThat(keys).allSatisfy(key -> assertThat(ranges)
                    .contains("token-" + wide.token(key.cell().row())));
            copies += keys.size();
        }
        assertThat(copies).isEqualTo(3 * 50);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void transactionTable_restoredAndNotRepaired_seesASingleReplicasEntryOnlyWhenItReadsAll(int schema) {
        TransactionsSchemaMap schemas = TransactionsSchemaMap.always(schema);
        InMemoryStore live = InMemoryStore.create(InMemoryOptions.threeNodes(0, schemas), new SplittableRandom(schema));
        live.targetNodes().subList(1, 3).forEach(node -> node.snapshot(TAG));
        live.transactionTable().propose(7, TransactionState.committed(9));
        live.targetNodes().get(0).snapshot(TAG);

        InMemoryStore restored = restore(live, InMemoryOptions.threeNodes(0, schemas));
        List<Boolean> seen = IntStream.range(0, 40)
                .mapToObj(i -> restored.openRestored(RESTORE)
                        .transactionTable()
                        .read(7)
                        .isPresent())
                .toList();
        InMemoryStore readingAll =
                restore(live, InMemoryOptions.threeNodes(0, schemas).reading(ReadLevel.ALL));

        assertThat(seen).as("quorum reads of replicas that differ").contains(true, false);
        for (int i = 0; i < 40; i++) {
            assertThat(readingAll.openRestored(RESTORE).transactionTable().read(7))
                    .contains(TransactionState.committed(9));
        }
        readingAll.pretendDown(1);
        assertFails(
                ErrorCode.STORE_UNAVAILABLE,
                () -> readingAll.openRestored(RESTORE).transactionTable().read(7));
    }

    @Test
    void create_sameSeed_sameReplicasLag() {
        List<List<Integer>> runs = new ArrayList<>();
        for (int run = 0; run < 2; run++) {
            InMemoryStore again =
                    InMemoryStore.create(InMemoryOptions.threeNodes(50, SCHEMAS), new SplittableRandom(9));
            again.cells().createTable(TABLE);
            List<Integer> pending = new ArrayList<>();
            for (int i = 1; i <= 50; i++) {
                again.cells().put(TABLE, Map.of(CELL, ONE), i);
                IntStream.range(0, 3).map(again::pendingWrites).forEach(pending::add);
            }
            runs.add(pending);
        }

        assertThat(runs.get(1)).isEqualTo(runs.get(0));
    }

    private InMemoryStore restore(TransactionsSchemaMap schemas) {
        store.targetNodes().forEach(node -> node.snapshot(TAG));
        return restore(store, InMemoryOptions.threeNodes(100, schemas));
    }

    private static InMemoryStore restore(InMemoryStore from, InMemoryOptions options) {
        InMemoryStore target = InMemoryStore.createEmpty(options, new SplittableRandom(3));
        for (int i = 0; i < from.targetNodes().size(); i++) {
            StoreNode node = target.targetNodes().get(i);
            SnapshotContent.stage(from.targetNodes().get(i), TAG, node, RESTORE);
            node.load(RESTORE);
        }
        return target;
    }

    private StoreNode node1() {
        return store.nodes().get(1);
    }

    private void put(Bytes value, long timestamp) {
        store.cells().put(TABLE, Map.of(CELL, value), timestamp);
    }

    private Version latest(long atOrBelow) {
        return store.cells().getLatest(TABLE, Set.of(CELL), atOrBelow).get(CELL);
    }

    private int lateNode() {
        return IntStream.range(0, 3)
                .filter(node -> store.pendingWrites(node) > 0)
                .findFirst()
                .orElseThrow();
    }

    private List<Integer> nodesWith(SnapshotTag tag, VersionKey key) {
        return IntStream.range(0, 3)
                .filter(i -> store.nodes().get(i).snapshots().contains(tag))
                .filter(i ->
                        SnapshotContent.table(store.nodes().get(i), tag, TABLE).containsKey(key))
                .boxed()
                .toList();
    }

    private static void assertFails(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(KeyValueStoreException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }
}

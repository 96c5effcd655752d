package dev.tidemark.kvs.memory;

import static dev.tidemark.kvs.ErrorCode.STORE_DAMAGED;
import static dev.tidemark.kvs.ErrorCode.STORE_NOT_EMPTY;
import static dev.tidemark.kvs.ErrorCode.STORE_UNAVAILABLE;
import static dev.tidemark.kvs.node.NodeFiles.assertFails;
import static dev.tidemark.kvs.node.NodeFiles.contents;
import static dev.tidemark.kvs.node.NodeFiles.everything;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.CellRange;
import dev.tidemark.kvs.CellStore;
import dev.tidemark.kvs.CellVersion;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.Version;
import dev.tidemark.kvs.cluster.StoreCluster;
import dev.tidemark.kvs.cluster.StoreDescription.NodeDescription;
import dev.tidemark.kvs.node.NodeFiles;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.node.SnapshotTag;
import dev.tidemark.kvs.node.StoreNode;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InMemoryStoreTest {
    private static final TransactionsSchemaMap SCHEMAS = TransactionsSchemaMap.always(3);
    private static final InMemoryOptions ALWAYS_LATE = InMemoryOptions.threeNodes(100, SCHEMAS);
    private static final TableName TABLE = TableName.of("accounts");
    private static final Cell CELL = Cell.of(Bytes.utf8("row"), Bytes.utf8("column"));
    private static final Bytes VALUE = Bytes.utf8("the one value");
    private static final SnapshotTag TAG = new SnapshotTag("tag");
    private static final SnapshotTag AFTER = new SnapshotTag("after");
    private static final RestoreId RESTORE = new RestoreId("r-1", 10);

    private final InMemoryStore store = InMemoryStore.create(ALWAYS_LATE, new Random(1));
    private final CellStore cells = store.cells();

    InMemoryStoreTest() {
        cells.createTable(TABLE);
        store.deliverAll();
    }

    @Test
    void restore_snapshotOfALaggingReplicaLacksAWrite_repairPutsItThere() {
        cells.put(TABLE, Map.of(CELL, VALUE), 1);
        int late = lateNode();
        InMemoryStore restored = restore(store, ALWAYS_LATE);

        assertThat(holdsValue(store, TAG)).hasSize(2).doesNotContain(late);
        StoreCluster cluster = restored.openRestored(RESTORE);
        complete(restored);
        assertThat(holdsValue(restored, TAG)).as("without repair").doesNotContain(late);
        cluster.repair(Set.of(TABLE));
        assertThat(holdsValue(restored, AFTER)).as("repaired").containsExactly(0, 1, 2);
    }

    @Test
    void restore_nodeWithoutSnapshot_isFilledByRepair() {
        cells.put(TABLE, Map.of(CELL, VALUE), 1);
        store.deliverAll();
        InMemoryStore target = restoreNodes(store, 0, 2);

        StoreCluster cluster = target.openRestored(RESTORE);
        cluster.repair(cluster.describe().tables());
        complete(target);

        assertThat(holdsValue(target, AFTER)).containsExactly(0, 1, 2);
        assertThat(everything(target.cells())).isEqualTo(everything(cells));
    }

    /** A table without a cell is in no write, and the next backup may have that node's snapshot alone. */
    @Test
    void restore_nodeWithoutSnapshot_getsEmptyTablesByRepairToo() {
        TableName empty = TableName.of("empty");
        cells.createTable(empty);
        InMemoryStore target = restoreNodes(store, 0, 2);
        target.openRestored(RESTORE).repair(store.tables());
        complete(target);

        assertThat(restoreNodes(target, 2, 3).openRestored(RESTORE).cells().tables())
                .contains(TABLE, empty);
    }

    /** Restores some of three nodes; the others get nothing. */
    private static InMemoryStore restoreNodes(InMemoryStore source, int from, int to) {
        InMemoryStore target = InMemoryStore.createEmpty(ALWAYS_LATE, new Random(2));
        List<StoreNode> targets = target.targetNodes();
        NodeFiles.carry(source.targetNodes().subList(from, to), TAG, targets.subList(from, to), RESTORE);
        targets.forEach(node -> node.stage(RESTORE, 0));
        targets.forEach(node -> node.load(RESTORE));
        return target;
    }

    @Test
    void restore_fiveNodesWithThreeCopies_hasTheContentThatWasThere() {
        InMemoryOptions options = new InMemoryOptions(5, 3, 2, 50, SCHEMAS);
        InMemoryStore source = InMemoryStore.create(options, new Random(3));
        source.cells().createTable(TABLE);
        for (int i = 0; i < 200; i++) {
            Cell cell = Cell.of(Bytes.ofLong(i), Bytes.EMPTY);
            source.cells().put(TABLE, Map.of(cell, VALUE), 1 + i % 7);
            if (i % 3 == 0) {
                source.cells().deleteVersions(TABLE, Map.of(cell, Set.of(1L, 4L)));
            }
        }
        SortedMap<TableName, List<CellVersion>> before = everything(source.cells());

        InMemoryStore restored = restore(source, options);
        StoreCluster cluster = restored.openRestored(RESTORE);
        cluster.repair(cluster.describe().tables());

        assertThat(everything(cluster.cells())).isEqualTo(before);
    }

    @Test
    void repair_deletionOnAQuorum_isNotUndone() {
        cells.put(TABLE, Map.of(CELL, VALUE), 1);
        store.deliverAll();
        cells.deleteVersions(TABLE, Map.of(CELL, Set.of(1L)));
        lateNode();
        InMemoryStore restored = restore(store, ALWAYS_LATE);

        store.connect().repair(Set.of(TABLE));
        StoreCluster cluster = restored.openRestored(RESTORE);
        cluster.repair(Set.of(TABLE));

        for (int round = 0; round < 20; round++) {
            assertThat(cells.getLatest(TABLE, Set.of(CELL), 1)).isEmpty();
            assertThat(cluster.cells().getLatest(TABLE, Set.of(CELL), 1)).isEmpty();
        }
        cluster.cells().put(TABLE, Map.of(CELL, VALUE), 1);
        assertThat(cluster.cells().getLatest(TABLE, Set.of(CELL), 1)).containsKey(CELL);
    }

    /** A sweeper removes a deletion marker with what it hides, while a backup takes the snapshots of the nodes. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void deleteUpTo_betweenTheSnapshotsOfTheNodes_bringsNothingBack(long seed) {
        InMemoryStore source = InMemoryStore.create(ALWAYS_LATE, new Random(seed));
        source.cells().createTable(TABLE);
        source.cells().put(TABLE, Map.of(CELL, VALUE), 1);
        source.cells().put(TABLE, Map.of(CELL, Bytes.EMPTY), 2);
        source.deliverAll();
        List<StoreNode> nodes = source.targetNodes();
        nodes.get(0).snapshot(TAG);
        nodes.get(1).snapshot(TAG);
        source.cells().deleteUpTo(TABLE, Map.of(CELL, 2L));

        CellStore restored = restore(source, ALWAYS_LATE).openRestored(RESTORE).cells();

        for (int round = 0; round < 20; round++) {
            assertThat(restored.getLatest(TABLE, Set.of(CELL), Long.MAX_VALUE))
                    .doesNotContainEntry(CELL, new Version(1, VALUE));
        }
    }

    @Test
    void deliver_writeOlderThanADeletion_isNotResurrected() {
        cells.put(TABLE, Map.of(CELL, VALUE), 1);
        cells.deleteVersions(TABLE, Map.of(CELL, Set.of(1L)));

        store.deliverAll();

        assertThat(IntStream.range(0, 3).map(store::pendingWrites).sum()).isZero();
        for (int round = 0; round < 20; round++) {
            assertThat(everything(cells).get(TABLE)).isEmpty();
        }
    }

    @Test
    void anyCall_oneNodeDown_worksAndIsCaughtUpWithLater() {
        store.pretendDown(1);

        cells.put(TABLE, Map.of(CELL, VALUE), 1);
        cells.putUnlessExists(TABLE, CELL, VALUE);
        assertThat(cells.getLatest(TABLE, Set.of(CELL), 1)).containsKey(CELL);
        assertThat(store.pendingWrites(1)).isEqualTo(2);
        store.pretendUp(1);
        assertThat(store.pendingWrites(1)).isEqualTo(2);
        store.deliver(1);

        assertThat(store.pendingWrites(1)).isZero();
        assertThat(holdsValue(store, TAG)).containsExactly(0, 1, 2);
    }

    @Test
    void anyCall_quorumNotReachable_isUnavailableAndChangesNothing() {
        cells.put(TABLE, Map.of(CELL, VALUE), 1);
        cells.putUnlessExists(TABLE, CELL, VALUE);
        SortedMap<TableName, List<CellVersion>> before = everything(cells);
        store.pretendDown(0);
        store.pretendDown(2);

        assertFails(STORE_UNAVAILABLE, () -> cells.put(TABLE, Map.of(CELL, VALUE), 2));
        assertFails(STORE_UNAVAILABLE, () -> cells.putUnlessExists(TABLE, CELL, VALUE));
        assertFails(STORE_UNAVAILABLE, () -> cells.compareAndSet(TABLE, CELL, VALUE, Bytes.EMPTY));
        assertFails(STORE_UNAVAILABLE, () -> cells.deleteVersions(TABLE, Map.of(CELL, Set.of(1L))));
        assertFails(STORE_UNAVAILABLE, () -> cells.getLatest(TABLE, Set.of(CELL), 1));
        assertFails(STORE_UNAVAILABLE, () -> cells.scan(TABLE, CellRange.all(), 1));
        store.pretendUp(0);
        store.pretendUp(2);

        assertThat(everything(cells)).isEqualTo(before);
    }

    @Test
    void nodeDown_clusterAndNode_saySo() {
        StoreNode node = store.targetNodes().get(1);
        StoreCluster cluster = store.connect();
        node.snapshot(TAG);
        store.pretendDown(1);

        assertThat(cluster.nodes()).hasSize(2).doesNotContain(node);
        assertThat(store.targetNodes()).hasSize(2);
        assertThat(cluster.describe().nodes()).extracting(NodeDescription::isUp).containsExactly(true, false, true);
        assertThat(cluster.check())
                .extracting(StoreCluster.Problem::message)
                .containsExactly("node 'node-1' can't be reached");
        assertFails(STORE_UNAVAILABLE, () -> cluster.repair(Set.of(TABLE)));
        assertFails(STORE_UNAVAILABLE, () -> node.snapshot(AFTER));
        assertFails(STORE_UNAVAILABLE, node::snapshots);
        assertFails(STORE_UNAVAILABLE, () -> node.files(TAG, ""));
        assertFails(STORE_UNAVAILABLE, () -> node.open(TAG, "segment-000000"));
        assertFails(STORE_UNAVAILABLE, () -> node.drop(TAG));
        assertFails(STORE_UNAVAILABLE, () -> node.isEmptyFor(RESTORE));
        assertFails(STORE_UNAVAILABLE, () -> node.stage(RESTORE, 0));
        assertFails(STORE_UNAVAILABLE, () -> node.load(RESTORE));
        assertFails(STORE_UNAVAILABLE, () -> node.completeRestore(RESTORE));
        assertFails(STORE_UNAVAILABLE, () -> node.discardStaging(RESTORE));
        store.pretendUp(1);
        assertThat(node.snapshots()).containsExactly(TAG);
    }

    @Test
    void load_livingStore_isRefused() {
        StoreNode node = store.targetNodes().get(0);
        node.stage(RESTORE, 0);

        assertFails(STORE_NOT_EMPTY, () -> node.load(RESTORE));
        store.connect().close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"flipped", "truncated", "empty", "extended", "renamed"})
    void load_damagedSegment_isRefusedAndNodeStaysEmpty(String damage) {
        cells.put(TABLE, Map.of(CELL, VALUE), 1);
        StoreNode source = store.targetNodes().get(0);
        source.snapshot(TAG);
        SortedMap<String, Bytes> contents = contents(source, TAG);
        String path = contents.lastKey();
        byte[] content = contents.remove(path).toArray();
        switch (damage) {
            case "flipped" -> content[content.length / 2] ^= 1;
            case "truncated" -> content = Arrays.copyOf(content, content.length - 1);
            case "empty" -> content = new byte[0];
            case "extended" -> content = Arrays.copyOf(content, content.length + 1);
            default -> path = "other-file";
        }
        contents.put(path, Bytes.of(content));
        StoreNode target = InMemoryStore.createEmpty(ALWAYS_LATE, new Random(2))
                .targetNodes()
                .get(0);

        NodeFiles.stage(target.stage(RESTORE, 0), contents);

        assertFails(STORE_DAMAGED, () -> target.load(RESTORE));
        assertThat(target.isEmptyFor(new RestoreId("r-2", 11))).isTrue();
    }

    @Test
    void destroy_everything_isGoneAndARestoreBringsItBack() {
        cells.put(TABLE, Map.of(CELL, VALUE), 1);
        SortedMap<TableName, List<CellVersion>> before = everything(cells);
        StoreCluster cluster = store.connect();
        store.targetNodes().forEach(node -> node.snapshot(TAG));
        List<SortedMap<String, Bytes>> contents =
                store.targetNodes().stream().map(node -> contents(node, TAG)).toList();
        store.targetNodes().get(0).stage(new RestoreId("r-0", 99), 0);

        store.destroy();

        assertFails(STORE_UNAVAILABLE, store::connect);
        assertFails(STORE_UNAVAILABLE, () -> cells.getLatest(TABLE, Set.of(CELL), 1));
        assertFails(STORE_UNAVAILABLE, cells::tables);
        assertFails(STORE_UNAVAILABLE, () -> cells.createTable(TABLE));
        assertFails(STORE_UNAVAILABLE, cluster::describe);
        assertFails(STORE_UNAVAILABLE, cluster::check);
        assertFails(STORE_UNAVAILABLE, () -> cluster.repair(Set.of(TABLE)));
        assertThat(store.targetNodes())
                .allMatch(node -> node.snapshots().isEmpty() && node.isEmptyFor(RESTORE))
                .allSatisfy(node -> assertFails(STORE_UNAVAILABLE, () -> node.snapshot(TAG)));
        for (int i = 0; i < 3; i++) {
            NodeFiles.stage(store.targetNodes().get(i).stage(RESTORE, 0), contents.get(i));
            store.targetNodes().get(i).load(RESTORE);
        }
        store.openRestored(RESTORE).repair(before.keySet());
        complete(store);
        assertThat(everything(cells)).isEqualTo(before);
    }

    @Test
    void files_restoredOlderState_neverReusesAnIdentityForOtherContent() {
        StoreNode node = store.targetNodes().get(0);
        node.snapshot(TAG);
        SortedMap<String, Bytes> contents = contents(node, TAG);
        cells.put(TABLE, Map.of(CELL, VALUE), 1);
        store.deliverAll();
        node.snapshot(AFTER);
        var lost = NodeFiles.files(node, AFTER, contents.lastKey());
        store.destroy();
        for (StoreNode each : store.targetNodes()) {
            NodeFiles.stage(each.stage(RESTORE, 0), contents);
            each.load(RESTORE);
        }
        complete(store);

        cells.put(TABLE, Map.of(CELL, Bytes.utf8("the two value")), 1);
        store.deliverAll();
        node.snapshot(AFTER);

        var written = NodeFiles.files(node, AFTER, contents.lastKey());
        assertThat(lost).hasSize(1);
        assertThat(written).hasSize(1);
        assertThat(written.get(0).path()).isEqualTo(lost.get(0).path());
        assertThat(written.get(0).sizeBytes()).isEqualTo(lost.get(0).sizeBytes());
        assertThat(written.get(0).identity()).isNotEqualTo(lost.get(0).identity());
    }

    @Test
    void targetNodes_moreThanTen_areOrderedById() {
        InMemoryStore large = InMemoryStore.create(new InMemoryOptions(12, 3, 2, 0, SCHEMAS), new Random(1));

        assertThat(large.targetNodes()).hasSize(12).extracting(StoreNode::id).isSorted();
    }

    @ParameterizedTest
    @CsvSource({"0,1,1,0", "101,1,1,0", "3,0,1,0", "3,4,1,0", "3,3,0,0", "3,2,3,0", "3,3,2,-1", "3,3,2,101"})
    void options_outOfRange_areRefused(int nodes, int replicationFactor, int writeQuorum, int lagPercent) {
        assertThatThrownBy(() -> new InMemoryOptions(nodes, replicationFactor, writeQuorum, lagPercent, SCHEMAS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("(expected: ");
    }

    /** Returns the node that waits for the write that was made last. */
    private int lateNode() {
        int[] late = IntStream.range(0, 3)
                .filter(node -> store.pendingWrites(node) > 0)
                .toArray();
        assertThat(late).hasSize(1);
        return late[0];
    }

    /** Takes a snapshot and returns the nodes in whose files the value is. */
    private static List<Integer> holdsValue(InMemoryStore store, SnapshotTag tag) {
        List<StoreNode> nodes = store.targetNodes();
        nodes.forEach(node -> node.snapshot(tag));
        return IntStream.range(0, nodes.size())
                .filter(i -> contents(nodes.get(i), tag).values().stream()
                        .anyMatch(content ->
                                new String(content.toArray(), StandardCharsets.ISO_8859_1).contains(VALUE.toUtf8())))
                .boxed()
                .toList();
    }

    private static InMemoryStore restore(InMemoryStore source, InMemoryOptions options) {
        InMemoryStore target = InMemoryStore.createEmpty(options, new Random(2));
        NodeFiles.carry(source.targetNodes(), TAG, target.targetNodes(), RESTORE);
        target.targetNodes().forEach(node -> node.load(RESTORE));
        return target;
    }

    private static void complete(InMemoryStore store) {
        store.targetNodes().forEach(node -> node.completeRestore(RESTORE));
    }
}

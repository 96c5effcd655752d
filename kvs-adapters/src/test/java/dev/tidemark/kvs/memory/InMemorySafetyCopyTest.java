package dev.tidemark.kvs.memory;

import static dev.tidemark.kvs.ErrorCode.RESTORE_INCOMPLETE;
import static dev.tidemark.kvs.ErrorCode.STORE_UNAVAILABLE;
import static dev.tidemark.kvs.node.NodeFiles.assertFails;
import static dev.tidemark.kvs.node.NodeFiles.everything;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.CellRange;
import dev.tidemark.kvs.CellStore;
import dev.tidemark.kvs.CellVersion;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.cluster.StoreCluster;
import dev.tidemark.kvs.node.NodeFiles;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.node.SnapshotTag;
import dev.tidemark.kvs.node.StoreNode;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What only a store whose clients outlive a change in place, and whose replicas lag, can show. */
class InMemorySafetyCopyTest {
    private static final TableName TABLE = TableName.of("accounts");
    private static final Cell CELL = Cell.of(Bytes.utf8("row"), Bytes.utf8("column"));
    private static final RestoreId RESTORE = new RestoreId("r-1", 10);
    private static final RestoreId UNDO = new RestoreId("r-2", 11);
    private static final SnapshotTag BACKUP = new SnapshotTag("backup");

    /** Every replica that a write need not wait for gets it later. */
    private final InMemoryStore store =
            InMemoryStore.create(InMemoryOptions.threeNodes(100, TransactionsSchemaMap.always(3)), new Random(1));

    private final CellStore client = store.cells();
    private final StoreCluster connection = store.connect();
    private final List<StoreNode> nodes = store.targetNodes();

    @BeforeEach
    void fillStore() {
        client.createTable(TABLE);
        put("old", 1);
    }

    @Test
    void adopt_clientsOfTheStore_areRefusedUntilItIsCompleteAndGoOnThen() {
        nodes.forEach(each -> each.adopt(RESTORE));
        assertClientsAreRefused();

        nodes.forEach(each -> each.completeRestore(RESTORE));

        put("new", 2);
        assertThat(latest()).isEqualTo("new");
        assertThat(connection.describe().tables()).contains(TABLE);
    }

    @Test
    void anyChange_oneNodeOnly_refusesTheClientsOfAll() {
        nodes.get(1).adopt(RESTORE);
        assertClientsAreRefused();
        nodes.get(1).giveBack(RESTORE);

        nodes.get(2).setAside(RESTORE);
        assertClientsAreRefused();
        nodes.get(2).giveBack(RESTORE);

        assertThat(latest()).isEqualTo("old");
    }

    @Test
    void bringBack_clientsOfTheStore_areRefusedUntilItIsComplete() {
        rewind();
        nodes.forEach(each -> each.bringBack(UNDO, RESTORE.id()));
        assertClientsAreRefused();

        nodes.forEach(each -> each.completeRestore(UNDO));

        assertThat(latest()).isEqualTo("old");
        put("new", 2);
        assertThat(latest()).isEqualTo("new");
    }

    @Test
    void load_writesOnTheirWayToWhatWasSetAside_neverArrive() {
        nodes.forEach(each -> each.snapshot(BACKUP));
        SortedMap<TableName, List<CellVersion>> atBackup = everything(client);
        put("late", 2);
        assertThat(pendingWrites()).isPositive();
        for (StoreNode each : nodes) {
            NodeFiles.stage(each, BACKUP, each, RESTORE);
            each.setAside(RESTORE);
            each.load(RESTORE);
        }

        store.deliverAll();

        nodes.forEach(each -> each.completeRestore(RESTORE));
        assertThat(everything(client)).isEqualTo(atBackup);
    }

    @Test
    void giveBack_writesThatWereOnTheirWay_stillArrive() {
        long pending = pendingWrites();
        nodes.forEach(each -> each.setAside(RESTORE));
        assertThat(pendingWrites()).isZero();

        nodes.forEach(each -> each.giveBack(RESTORE));

        assertThat(pendingWrites()).isEqualTo(pending).isPositive();
        store.deliverAll();
        assertThat(store.nodes()).allMatch(each -> each.replica()
                .table(TABLE)
                .get(new VersionKey(CELL, 1))
                .value()
                .equals(Bytes.utf8("old")));
    }

    @Test
    void adopt_writesAfterwards_leaveTheSafetyCopyAlone() {
        SortedMap<TableName, List<CellVersion>> before = everything(client);
        rewind();
        put("new", 2);
        client.deleteVersions(TABLE, Map.of(CELL, Set.of(1L)));
        client.createTable(TableName.of("another"));
        store.deliverAll();

        nodes.forEach(each -> each.bringBack(UNDO, RESTORE.id()));
        nodes.forEach(each -> each.completeRestore(UNDO));

        assertThat(everything(client)).isEqualTo(before);
    }

    @Test
    void bringBack_writesThatWereOnTheirWayWhenItWasMade_stillArrive() {
        long pending = pendingWrites();
        rewind();
        store.deliverAll();
        assertThat(pendingWrites()).isZero();

        nodes.forEach(each -> each.bringBack(UNDO, RESTORE.id()));

        assertThat(pendingWrites()).isEqualTo(pending).isPositive();
        store.deliverAll();
        nodes.forEach(each -> each.completeRestore(UNDO));
        assertThat(latest()).isEqualTo("old");
    }

    @Test
    void put_afterAnUndo_winsOverEverythingThatIsInTheSafetyCopy() {
        client.deleteVersions(TABLE, Map.of(CELL, Set.of(1L)));
        rewind();

        nodes.forEach(each -> each.bringBack(UNDO, RESTORE.id()));
        nodes.forEach(each -> each.completeRestore(UNDO));
        put("again", 1);

        assertThat(latest()).isEqualTo("again");
    }

    @Test
    void anyChange_nodeDown_isUnavailable() {
        store.pretendDown(0);
        StoreNode down = nodes.get(0);

        assertFails(STORE_UNAVAILABLE, () -> down.setAside(RESTORE));
        assertFails(STORE_UNAVAILABLE, () -> down.adopt(RESTORE));
        assertFails(STORE_UNAVAILABLE, () -> down.bringBack(RESTORE, "any"));
        assertFails(STORE_UNAVAILABLE, () -> down.giveBack(RESTORE));
        assertFails(STORE_UNAVAILABLE, () -> down.dropSafetyCopy(RESTORE, "any"));
        assertFails(STORE_UNAVAILABLE, down::safetyCopies);
        store.pretendUp(0);
        assertThat(latest()).isEqualTo("old");
    }

    @Test
    void destroy_everything_losesTheSafetyCopiesToo() {
        rewind();

        store.destroy();

        assertThat(nodes).allMatch(each -> each.safetyCopies().isEmpty());
        assertFails(STORE_UNAVAILABLE, store::connect);
    }

    private void rewind() {
        nodes.forEach(each -> each.adopt(RESTORE));
        nodes.forEach(each -> each.completeRestore(RESTORE));
    }

    private void assertClientsAreRefused() {
        assertFails(RESTORE_INCOMPLETE, () -> put("refused", 3));
        assertFails(RESTORE_INCOMPLETE, this::latest);
        assertFails(RESTORE_INCOMPLETE, () -> client.scan(TABLE, CellRange.all(), Long.MAX_VALUE));
        assertFails(RESTORE_INCOMPLETE, () -> client.putUnlessExists(TABLE, CELL, Bytes.EMPTY));
        assertFails(RESTORE_INCOMPLETE, client::tables);
        assertFails(RESTORE_INCOMPLETE, connection::describe);
        assertFails(RESTORE_INCOMPLETE, () -> connection.repair(Set.of(TABLE)));
        assertFails(RESTORE_INCOMPLETE, store::connect);
    }

    private void put(String value, long timestamp) {
        client.put(TABLE, Map.of(CELL, Bytes.utf8(value)), timestamp);
    }

    private String latest() {
        return client.getLatest(TABLE, Set.of(CELL), Long.MAX_VALUE)
                .get(CELL)
                .value()
                .toUtf8();
    }

    private long pendingWrites() {
        return store.pendingWrites(0) + store.pendingWrites(1) + store.pendingWrites(2);
    }
}

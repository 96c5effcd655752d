package dev.tidemark.kvs.cluster;

import static dev.tidemark.kvs.ErrorCode.FENCED_OUT;
import static dev.tidemark.kvs.ErrorCode.NOT_ALLOWED_NOW;
import static dev.tidemark.kvs.ErrorCode.RESTORE_INCOMPLETE;
import static dev.tidemark.kvs.ErrorCode.STORE_UNAVAILABLE;
import static dev.tidemark.kvs.node.NodeFiles.assertFails;
import static dev.tidemark.kvs.node.NodeFiles.everything;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.CellVersion;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.node.NodeFiles;
import dev.tidemark.kvs.node.NodeId;
import dev.tidemark.kvs.node.RestoreId;
import dev.tidemark.kvs.node.SnapshotTag;
import dev.tidemark.kvs.node.StoreNode;
import dev.tidemark.kvs.transactiontable.CellTransactionTable;
import dev.tidemark.kvs.transactiontable.TransactionEntry;
import dev.tidemark.kvs.transactiontable.TransactionState;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link StoreCluster} and {@link StoreConnector} does. */
public abstract class StoreClusterContract {
    private static final TransactionsSchemaMap SCHEMAS =
            new TransactionsSchemaMap(new TreeMap<>(Map.of(1L, 1, 50L, 3)));
    private static final TableName TABLE = TableName.of("accounts");
    private static final SnapshotTag TAG = new SnapshotTag("tag");
    private static final RestoreId RESTORE = new RestoreId("r-1", 10);

    private StoreConnector connector;
    private StoreCluster cluster;

    /** Returns the way to a living store without tables of the application; the subclass closes it after the test. */
    protected abstract StoreConnector createStore(TransactionsSchemaMap schemas);

    /** Returns the way to as many nodes without a store, another place with each call. */
    protected abstract StoreConnector createEmpty();

    @BeforeEach
    void connect() {
        connector = createStore(SCHEMAS);
        cluster = connector.connect();
    }

    @Test
    void describe_newStore_saysWhatItIs() {
        StoreDescription description = cluster.describe();

        assertThat(description.type()).isNotEmpty();
        assertThat(description.version()).isNotEmpty();
        assertThat(description.transactionsSchemas()).isEqualTo(SCHEMAS);
        assertThat(description.earliestReadableTimestamp()).isZero();
        assertThat(description.tables())
                .contains(StoreMetadata.TABLE, TableName.of("_transactions"), TableName.of("_transactions2"))
                .allMatch(TableName::isInternal);
        assertThat(description.nodes())
                .extracting(StoreDescription.NodeDescription::id)
                .containsExactlyInAnyOrderElementsOf(
                        cluster.nodes().stream().map(StoreNode::id).toList());
        assertThat(description.nodes())
                .allMatch(StoreDescription.NodeDescription::isUp)
                .allSatisfy(node -> assertThat(node.tokenRanges()).isNotEmpty().doesNotHaveDuplicates());
    }

    @Test
    void describe_tokenRanges_areEachOnAsManyNodesAsThereAreCopies() {
        StoreDescription description = cluster.describe();

        Map<String, Integer> copies = new TreeMap<>();
        description.nodes().forEach(node -> node.tokenRanges().forEach(range -> copies.merge(range, 1, Integer::sum)));
        assertThat(copies.values()).containsOnly(description.replicationFactor());
    }

    @Test
    void describe_storeChanged_followsIt() {
        cluster.cells().createTable(TABLE);
        new StoreMetadata(cluster.cells()).raiseEarliestReadableTimestamp(77);

        StoreDescription description = cluster.describe();

        assertThat(description.tables()).contains(TABLE);
        assertThat(description.earliestReadableTimestamp()).isEqualTo(77);
    }

    @Test
    void metadata_setAgain_keepsTheSchemasAndNeverLowersTheTimestamp() {
        StoreMetadata metadata = new StoreMetadata(cluster.cells());

        metadata.initialise(TransactionsSchemaMap.always(2));
        metadata.raiseEarliestReadableTimestamp(9);
        metadata.raiseEarliestReadableTimestamp(8);

        assertThat(metadata.transactionsSchemas()).isEqualTo(SCHEMAS);
        assertThat(metadata.earliestReadableTimestamp()).isEqualTo(9);
    }

    @Test
    void raiseEarliestReadableTimestamp_lowerAndHigher_describesTheGreatest() {
        for (long timestamp : new long[] {0, 9, 8, 77, 9}) {
            cluster.raiseEarliestReadableTimestamp(timestamp);
        }

        assertThat(cluster.describe().earliestReadableTimestamp()).isEqualTo(77);
    }

    @Test
    void check_healthyStore_hasNothingInTheWay() {
        assertThat(cluster.check()).noneMatch(StoreCluster.Problem::isBlocking);
    }

    @Test
    void nodes_healthyStore_areOrderedByIdAndAlikeOnEachWay() {
        List<NodeId> ids = cluster.nodes().stream().map(StoreNode::id).toList();

        assertThat(ids).isNotEmpty().isSorted().doesNotHaveDuplicates();
        assertThat(connector.targetNodes()).extracting(StoreNode::id).containsExactlyElementsOf(ids);
        assertThat(connector.connect().nodes()).extracting(StoreNode::id).containsExactlyElementsOf(ids);
    }

    @Test
    void repair_anyTables_changesNothingThatIsReadAndAgain() {
        fill();
        cluster.cells().deleteVersions(TABLE, Map.of(cell(3), Set.of(1L)));
        SortedMap<TableName, List<CellVersion>> before = everything(cluster.cells());

        cluster.repair(Set.of(TABLE));
        cluster.repair(cluster.describe().tables());
        cluster.repair(cluster.describe().tables());
        cluster.repair(Set.of());

        assertThat(everything(cluster.cells())).isEqualTo(before);
    }

    @Test
    void transactionTable_entriesOfBothSchemas_areFoundByTheStoresOwnMap() {
        CellTransactionTable application = new CellTransactionTable(cluster.cells(), SCHEMAS);
        application.propose(20, TransactionState.committed(30));
        application.propose(60, TransactionState.staging(70));

        List<TransactionEntry> scanned = new ArrayList<>();
        cluster.transactionTable().split(new TimestampRange(1, 100), 4).forEach(part -> {
            try (var entries = cluster.transactionTable().scan(part)) {
                entries.forEachRemaining(scanned::add);
            }
        });

        assertThat(scanned)
                .containsExactlyInAnyOrder(
                        new TransactionEntry(20, TransactionState.committed(30)),
                        new TransactionEntry(60, TransactionState.staging(70)));
    }

    @Test
    void close_oneConnection_leavesTheStoreToOthers() {
        fill();

        connector.connect().close();
        cluster.close();

        StoreCluster other = connector.connect();
        assertThat(other.cells().getLatest(TABLE, Set.of(cell(1)), 1)).containsKey(cell(1));
        other.close();
    }

    @Test
    void connect_noStore_isUnavailable() {
        assertFails(STORE_UNAVAILABLE, createEmpty()::connect);
    }

    @Test
    void openRestored_notLoaded_isRefused() {
        StoreConnector target = createEmpty();

        assertFails(NOT_ALLOWED_NOW, () -> target.openRestored(RESTORE));
        stage(target);
        assertFails(NOT_ALLOWED_NOW, () -> target.openRestored(RESTORE));
    }

    @Test
    void connect_halfRestored_isRefusedUntilComplete() {
        fill();
        StoreConnector target = createEmpty();
        stage(target);
        assertFails(refusalWhileStaging(), target::connect);
        target.prepareLoad(RESTORE, cluster.describe().schema());
        for (StoreNode node : target.targetNodes()) {
            node.load(RESTORE);
            assertFails(RESTORE_INCOMPLETE, target::connect);
        }

        assertFails(RESTORE_INCOMPLETE, () -> target.openRestored(new RestoreId("r-2", 11)));
        try (StoreCluster restored = target.openRestored(new RestoreId(RESTORE.id(), 12))) {
            assertThat(restored.cells().tables()).contains(TABLE);
            assertThat(restored.describe().transactionsSchemas()).isEqualTo(SCHEMAS);
            assertFails(RESTORE_INCOMPLETE, target::connect);
        }
        assertFails(FENCED_OUT, () -> target.openRestored(RESTORE));
        for (StoreNode node : target.targetNodes()) {
            assertFails(RESTORE_INCOMPLETE, target::connect);
            node.completeRestore(new RestoreId(RESTORE.id(), 12));
        }
        try (StoreCluster restored = target.connect()) {
            assertThat(restored.describe().tables())
                    .isEqualTo(cluster.describe().tables());
        }
        assertFails(NOT_ALLOWED_NOW, () -> target.openRestored(new RestoreId("r-2", 13)));
    }

    @Test
    void openRestored_storeThatNobodyRestores_isRefused() {
        StoreConnector target = createEmpty();
        stage(target);
        target.prepareLoad(RESTORE, cluster.describe().schema());
        target.targetNodes().forEach(node -> node.load(RESTORE));
        target.targetNodes().forEach(node -> node.completeRestore(RESTORE));

        target.openRestored(RESTORE).close();
        assertFails(NOT_ALLOWED_NOW, () -> target.openRestored(new RestoreId("r-2", 11)));
    }

    /** Returns how a place without a store refuses to be connected to while files are staged for it. */
    protected ErrorCode refusalWhileStaging() {
        return RESTORE_INCOMPLETE;
    }

    private void stage(StoreConnector target) {
        cluster.nodes().forEach(node -> node.snapshot(TAG));
        NodeFiles.place(cluster.nodes(), TAG, target, RESTORE);
    }

    private void fill() {
        cluster.cells().createTable(TABLE);
        for (long timestamp = 1; timestamp <= 3; timestamp++) {
            Map<Cell, Bytes> values = new TreeMap<>();
            for (int i = 0; i < 50; i++) {
                values.put(cell(i), Bytes.ofLong(i * timestamp));
            }
            cluster.cells().put(TABLE, values, timestamp);
        }
    }

    private static Cell cell(int number) {
        return Cell.of(Bytes.ofLong(number), Bytes.EMPTY);
    }
}

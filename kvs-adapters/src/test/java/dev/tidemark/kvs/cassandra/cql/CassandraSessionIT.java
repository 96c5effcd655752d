package dev.tidemark.kvs.cassandra.cql;

import static dev.tidemark.kvs.ErrorCode.INVALID_CONFIGURATION;
import static dev.tidemark.kvs.ErrorCode.STORE_UNAVAILABLE;
import static dev.tidemark.kvs.ErrorCode.UNKNOWN_TABLE;
import static dev.tidemark.kvs.node.NodeFiles.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.CellRange;
import dev.tidemark.kvs.CellVersion;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TableName;
import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.cassandra.server.CassandraExtension;
import dev.tidemark.kvs.cassandra.server.CassandraServer;
import dev.tidemark.kvs.transactiontable.CellTransactionTable;
import dev.tidemark.kvs.transactiontable.TransactionEntry;
import dev.tidemark.kvs.transactiontable.TransactionState;
import dev.tidemark.kvs.transactiontable.TransactionTable;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What comes of nodes that do not answer, and of wrong settings. */
class CassandraSessionIT {
    @RegisterExtension
    static final CassandraExtension CASSANDRA = CassandraExtension.ofNodes(3);

    private static final TableName TABLE = TableName.of("accounts");
    private static final Cell CELL = Cell.of(Bytes.utf8("row"), Bytes.utf8("column"));

    private static KeyspaceFactory keyspaces;

    @BeforeAll
    static void connect() {
        keyspaces = new KeyspaceFactory(CASSANDRA.servers(), duration -> {});
    }

    @AfterAll
    static void disconnect() {
        keyspaces.close();
    }

    @Test
    void open_nobodyListens_namesTheAddress() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getLocalPort());
            socket.close();

            assertThatThrownBy(
                            () -> CassandraSession.open(CqlSettings.of(List.of(address), "datacenter1"), duration -> {})
                                    .close())
                    .isInstanceOfSatisfying(KeyValueStoreException.class, e -> {
                        assertThat(e.code()).isEqualTo(STORE_UNAVAILABLE);
                        assertThat(e).hasMessageContaining(String.valueOf(address.getPort()));
                        assertThat(e.hint()).isNotEmpty();
                    });
        }
    }

    @Test
    void open_noSuchDatacenter_saysWhichThereAre() {
        CqlSettings settings = KeyspaceFactory.settings(CASSANDRA.servers());
        CqlSettings wrong = CqlSettings.of(settings.contactPoints(), "elsewhere");

        assertThatThrownBy(() -> CassandraSession.open(wrong, duration -> {}).close())
                .isInstanceOfSatisfying(KeyValueStoreException.class, e -> {
                    assertThat(e.code()).isEqualTo(INVALID_CONFIGURATION);
                    assertThat(e)
                            .hasMessageContaining("elsewhere")
                            .hasMessageContaining(CASSANDRA.servers().localDatacenter());
                });
    }

    @Test
    void anyMethod_noSuchKeyspace_isUnavailable() {
        CassandraCells cells = keyspaces.cells("missing", TransactionsSchemaMap.always(1), TableStorage.COMPACT);

        assertFails(STORE_UNAVAILABLE, () -> cells.createTable(TABLE));
        assertThatThrownBy(() -> cells.getLatest(TABLE, Set.of(CELL), 1))
                .isInstanceOfSatisfying(
                        KeyValueStoreException.class, e -> assertThat(e.code()).isIn(STORE_UNAVAILABLE, UNKNOWN_TABLE));
        assertThat(cells.tables()).isEmpty();
    }

    @Test
    void anyMethod_nameThatCassandraDoesNotHave_isRefused() {
        assertFails(
                INVALID_CONFIGURATION,
                () -> keyspaces.cells("no-name", TransactionsSchemaMap.always(1), TableStorage.COMPACT));
    }

    /** H4: with one of three nodes down a quorum is left, and all replicas are not, which a scan needs so that it misses nothing. */
    @Test
    void anyMethod_oneNodeDown_failsWhereAllReplicasAreNeededAndNamesHowMany() {
        TransactionsSchemaMap schemas = TransactionsSchemaMap.always(1);
        String keyspace = keyspaces.create();
        CassandraCells cells = keyspaces.cells(keyspace, schemas, TableStorage.COMPACT);
        cells.createTable(TABLE);
        cells.createTable(TableName.of("_transactions"));
        new CellTransactionTable(cells, schemas).propose(7, TransactionState.committed(8));
        cells.put(TABLE, Map.of(CELL, Bytes.utf8("value")), 5);
        TransactionTable all = CassandraTransactionTable.ofAllReplicas(keyspaces.session(), keyspace, schemas);
        TransactionTable quorum = CassandraTransactionTable.ofQuorum(keyspaces.session(), keyspace, schemas);
        CassandraServer lost = CASSANDRA.servers().nodes().get(1);
        lost.kill();
        CASSANDRA.servers().awaitSeenDown(lost);
        try {
            assertThat(cells.getLatest(TABLE, Set.of(CELL), 5)).hasSize(1);
            cells.put(TABLE, Map.of(CELL, Bytes.utf8("value")), 6);
            cells.putUnlessExists(TABLE, CELL, Bytes.utf8("value"));
            assertThat(scan(cells)).hasSize(3);
            assertThat(quorum.read(7)).contains(TransactionState.committed(8));

            assertThatThrownBy(() -> cells.deleteVersions(TABLE, Map.of(CELL, Set.of(5L))))
                    .isInstanceOfSatisfying(KeyValueStoreException.class, e -> {
                        assertThat(e.code()).isEqualTo(STORE_UNAVAILABLE);
                        assertThat(e)
                                .hasMessageContaining("table 'accounts'")
                                .hasMessageContaining("ALL needs 3 replicas, 2 are up");
                    });
            assertFails(STORE_UNAVAILABLE, () -> all.read(7));
            assertFails(STORE_UNAVAILABLE, () -> all.scan(
                            all.split(new TimestampRange(1, 100), 1).get(0))
                    .hasNext());
            assertFails(STORE_UNAVAILABLE, () -> quorum.scan(
                            quorum.split(new TimestampRange(1, 100), 1).get(0))
                    .hasNext());
            assertFails(STORE_UNAVAILABLE, () -> all.abort(new TransactionEntry(7, TransactionState.committed(8))));
        } finally {
            lost.start();
            CASSANDRA.servers().awaitAllUp();
        }
        assertThat(all.read(7)).contains(TransactionState.ABORTED); // what was begun is done, and not reported as done
    }

    /** A page that fails is asked for again, until the node is back. */
    @Test
    void scan_nodeBackAfterAWhile_goesOn() {
        TransactionsSchemaMap schemas = TransactionsSchemaMap.always(2);
        CqlSide store = keyspaces.createStore(schemas, TableStorage.COMPACT);
        CellTransactionTable application = new CellTransactionTable(store.cells(), schemas);
        for (long start = 1; start <= 200; start++) {
            application.propose(start, TransactionState.committed(start + 500));
        }
        CassandraServer lost = CASSANDRA.servers().nodes().get(2);
        int[] waits = {0};
        try (CassandraSession impatient = CassandraSession.open(
                KeyspaceFactory.settings(CASSANDRA.servers())
                        .withPageSize(5)
                        .withRequestTimeout(Duration.ofSeconds(90)),
                duration -> {
                    waits[0]++;
                    lost.start();
                    CASSANDRA.servers().awaitAllUp();
                })) {
            TransactionTable table = CassandraTransactionTable.ofAllReplicas(impatient, store.keyspace(), schemas);
            try (CloseableIterator<TransactionEntry> entries =
                    table.scan(table.split(new TimestampRange(1, 1_000), 1).get(0))) {
                for (int i = 0; i < 50; i++) {
                    entries.next();
                }
                lost.kill();
                CASSANDRA.servers().awaitSeenDown(lost);
                int rest = 0;
                while (entries.hasNext()) {
                    entries.next();
                    rest++;
                }

                assertThat(rest).isEqualTo(150);
                assertThat(waits[0]).isPositive();
            }
        } finally {
            lost.start();
            CASSANDRA.servers().awaitAllUp();
        }
    }

    private static List<CellVersion> scan(CassandraCells cells) {
        List<CellVersion> found = new ArrayList<>();
        try (CloseableIterator<CellVersion> scan = cells.scan(TABLE, CellRange.all(), Long.MAX_VALUE)) {
            scan.forEachRemaining(found::add);
        }
        return found;
    }
}

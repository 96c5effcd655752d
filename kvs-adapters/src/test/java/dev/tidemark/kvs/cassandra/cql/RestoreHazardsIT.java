package dev.tidemark.kvs.cassandra.cql;

import static dev.tidemark.kvs.ErrorCode.CLOCK_BEHIND;
import static dev.tidemark.kvs.ErrorCode.STORE_DAMAGED;
import static dev.tidemark.kvs.ErrorCode.STORE_UNSUPPORTED;
import static dev.tidemark.kvs.ErrorCode.UNKNOWN_TRANSACTIONS_SCHEMA;
import static dev.tidemark.kvs.node.NodeFiles.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.driver.api.core.cql.Row;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.CloseableIterator;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.cassandra.server.CassandraExtension;
import dev.tidemark.kvs.transactiontable.CellTransactionTable;
import dev.tidemark.kvs.transactiontable.TransactionEntry;
import dev.tidemark.kvs.transactiontable.TransactionState;
import dev.tidemark.kvs.transactiontable.TransactionTable;
import dev.tidemark.kvs.transactiontable.TransactionsEncoding;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What can go wrong when entries are aborted in a restored cluster, on a real node. */
class RestoreHazardsIT {
    @RegisterExtension
    static final CassandraExtension CASSANDRA = CassandraExtension.ofNodes(1);

    private static final long START = 100;
    private static final TransactionState COMMITTED = TransactionState.committed(120);
    private static final TransactionState STAGING = TransactionState.staging(120);

    private static KeyspaceFactory keyspaces;

    private String keyspace;
    private TransactionsSchemaMap schemas;
    private TransactionsEncoding encoding;
    private CassandraCells cells;
    private CellTransactionTable application;
    private TransactionTable table;

    @BeforeAll
    static void connect() {
        keyspaces = new KeyspaceFactory(CASSANDRA.servers());
    }

    @AfterAll
    static void disconnect() {
        keyspaces.close();
    }

    @AfterEach
    void drop() {
        keyspaces.change("DROP KEYSPACE \"" + keyspace + "\"");
    }

    private void useSchema(int version) {
        keyspace = keyspaces.create();
        schemas = TransactionsSchemaMap.always(version);
        encoding = TransactionsEncoding.ofSchema(version);
        cells = keyspaces.cells(keyspace, schemas, TableStorage.COMPACT);
        application = new CellTransactionTable(cells, schemas);
        application.createTables();
        table = CassandraTransactionTable.ofAllReplicas(keyspaces.session(), keyspace, schemas);
    }

    /** H6: a lightweight transaction says that it has replaced a decided entry of schema 3, and nothing is changed. */
    @Test
    void abort_schemaThree_worksWhereALightweightTransactionDoesNot() {
        useSchema(3);
        application.propose(START, STAGING);
        application.replace(START, STAGING, COMMITTED);
        assertThat(writeTime()).isEqualTo(9223372036854775797L);

        Row answer = keyspaces
                .cql(
                        "UPDATE " + place()
                                + " SET value = ? WHERE key = ? AND column1 = ? AND column2 = -1 IF value = ?",
                        encoding.encode(START, TransactionState.ABORTED).toBuffer(),
                        row(),
                        column(),
                        encoding.encode(START, COMMITTED).toBuffer())
                .get(0);
        assertThat(answer.getBoolean("[applied]")).isTrue();
        assertThat(table.read(START)).contains(COMMITTED);

        assertThat(table.abort(new TransactionEntry(START, COMMITTED))).isTrue();

        assertThat(table.read(START)).contains(TransactionState.ABORTED);
        assertThat(writeTime()).isEqualTo(9223372036854775798L);
    }

    /** H6: the deletion that AtlasDB's own command makes is older than what it should delete, in every schema. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void abort_anySchema_worksWhereADeletionAtAnAtlasDbTimestampDoesNot(int version) {
        useSchema(version);
        application.propose(START, COMMITTED);

        keyspaces.cql(
                "DELETE FROM " + place() + " USING TIMESTAMP 5000000 WHERE key = ? AND column1 = ? AND column2 = -1",
                row(),
                column());
        assertThat(table.read(START)).contains(COMMITTED);

        assertThat(table.abort(new TransactionEntry(START, COMMITTED))).isTrue();
        assertThat(table.read(START)).contains(TransactionState.ABORTED);
        assertThat(application.propose(START, COMMITTED)).contains(TransactionState.ABORTED);
    }

    /** H6: an entry of schema 3 that somebody has written above every timestamp that is known is not reported as aborted. */
    @Test
    void abort_entryAboveEveryTimestamp_fails() {
        useSchema(3);
        put(COMMITTED, Long.MAX_VALUE);

        assertFails(STORE_DAMAGED, () -> table.abort(new TransactionEntry(START, COMMITTED)));
        assertThat(table.read(START)).contains(COMMITTED);
    }

    /** H7: Paxos applies an abort by a clock that is behind that of the restored entry, and the entry is still seen. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void abort_entryOfAClockThatIsAhead_failsAndIsForeseen(int version) {
        useSchema(version);
        CassandraClocks clocks = new CassandraClocks(keyspaces.session(), keyspace, schemas);
        TimestampRange all = new TimestampRange(1, 1_000);
        assertThat(clocks.newestWrite(all)).isEmpty();
        clocks.requireAhead(all);
        application.propose(START + 1, COMMITTED);
        clocks.requireAhead(all);
        Instant ahead = clocks.newestWrite(all).orElseThrow().plus(Duration.ofHours(1));
        put(COMMITTED, ahead.toEpochMilli() * 1000);
        assertThatThrownBy(() -> clocks.requireAhead(all)).isInstanceOfSatisfying(KeyValueStoreException.class, e -> {
            assertThat(e.code()).isEqualTo(CLOCK_BEHIND);
            assertThat(e).hasMessageMatching(".* '127\\.0\\.0\\.1[^']*' by 3[56]\\d{5} ms .*");
        });
        clocks.requireAhead(new TimestampRange(START + 1, 1_000));

        assertThat(clocks.newestWrite(all)).contains(Instant.ofEpochMilli(ahead.toEpochMilli()));
        assertThat(clocks.newestWrite(new TimestampRange(START + 1, 1_000)).orElseThrow())
                .isBefore(ahead);
        assertFails(CLOCK_BEHIND, () -> table.abort(new TransactionEntry(START, COMMITTED)));
        assertFails(
                CLOCK_BEHIND,
                () -> table.abortAll(
                        List.of(new TransactionEntry(START + 1, COMMITTED), new TransactionEntry(START, COMMITTED))));
        assertThat(table.read(START)).contains(COMMITTED);
        assertThat(table.read(START + 1)).contains(TransactionState.ABORTED);
    }

    /** H7: clients replace the bound of the timestamps by Paxos too. */
    @Test
    void requireAhead_boundOfAClockThatIsAhead_fails() {
        useSchema(1);
        cells.createTable(CassandraTimestampBound.TABLE);
        CassandraClocks clocks = new CassandraClocks(keyspaces.session(), keyspace, schemas);
        keyspaces.cql(
                "INSERT INTO \"" + keyspace + "\".\"_timestamp\" (key, column1, column2, value)"
                        + " VALUES (0x7473, 0x7473, -1, 0x0000000000002710) USING TIMESTAMP ?",
                4_000_000_000_000_000L);

        assertFails(CLOCK_BEHIND, () -> clocks.requireAhead(new TimestampRange(1, 1_000)));
    }

    /** H7: of schema 3 an abort does not depend on a clock. */
    @Test
    void abort_schemaThreeEntryOfAClockThatIsAhead_works() {
        useSchema(3);
        CassandraClocks clocks = new CassandraClocks(keyspaces.session(), keyspace, schemas);
        Instant ahead = Instant.ofEpochMilli(4_000_000_000_000L);
        put(STAGING, ahead.toEpochMilli() * 1000);
        put(START + 1, COMMITTED, TwoPhaseWrites.DECIDED_TIMESTAMP);

        assertThat(clocks.newestWrite(new TimestampRange(1, 1_000)))
                .contains(Instant.ofEpochMilli(ahead.toEpochMilli()));
        assertThat(table.abortAll(
                        List.of(new TransactionEntry(START, STAGING), new TransactionEntry(START + 1, COMMITTED))))
                .isEmpty();

        assertThat(table.read(START)).contains(TransactionState.ABORTED);
        assertThat(table.read(START + 1)).contains(TransactionState.ABORTED);
    }

    /** H8: what Paxos remembers is settled without a change that anybody can see. */
    @Test
    void settle_entriesThatPaxosRemembers_keepTheirValues() {
        useSchema(2);
        application.propose(START, COMMITTED);
        application.propose(START + 1, TransactionState.ABORTED);

        PaxosLeftovers.settle(keyspaces.session(), keyspace);
        PaxosLeftovers.settle(keyspaces.session(), keyspace);

        assertThat(scan())
                .containsExactlyInAnyOrder(
                        new TransactionEntry(START, COMMITTED),
                        new TransactionEntry(START + 1, TransactionState.ABORTED));
    }

    /** H13: what no known schema has written stops a scan, a reading and an abort. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void anyMethod_valueOfAnotherSchema_isRefused(int version) {
        useSchema(version);
        cells.putUnlessExists(encoding.table(), encoding.cellOf(START), Bytes.ofHex("8001ff"));

        assertFails(UNKNOWN_TRANSACTIONS_SCHEMA, this::scan);
        assertFails(UNKNOWN_TRANSACTIONS_SCHEMA, () -> table.read(START));
        assertFails(UNKNOWN_TRANSACTIONS_SCHEMA, () -> table.abort(new TransactionEntry(START, COMMITTED)));
    }

    /** H12: the map alone decides; an abort of schema 3 would be a commit in schema 2. */
    @Test
    void read_sameBytesInTwoSchemas_followTheMap() {
        useSchema(3);
        application.propose(START, TransactionState.ABORTED);

        assertThat(table.read(START)).contains(TransactionState.ABORTED);
        assertThat(CassandraTransactionTable.ofAllReplicas(
                                keyspaces.session(), keyspace, TransactionsSchemaMap.always(2))
                        .read(START))
                .contains(TransactionState.committed(START + 1));
    }

    /** H14: what is staging is scanned as such; whoever cleans decides by its commit timestamp. */
    @Test
    void abort_stagingEntry_isAbortedAboveWhatItsClientMayStillWrite() {
        useSchema(3);
        application.propose(START, STAGING);
        application.propose(START + 1, TransactionState.staging(110));
        assertThat(scan())
                .containsExactlyInAnyOrder(
                        new TransactionEntry(START, STAGING),
                        new TransactionEntry(START + 1, TransactionState.staging(110)));

        assertThat(table.abort(new TransactionEntry(START, STAGING))).isTrue();
        put(COMMITTED, TwoPhaseWrites.DECIDED_TIMESTAMP); // as a client that has read staging before

        assertThat(table.read(START)).contains(TransactionState.ABORTED);
        assertThat(table.read(START + 1)).contains(TransactionState.staging(110));
        assertThat(application.replace(START, STAGING, COMMITTED)).isFalse();
    }

    /** H14: an aborted entry that is staging can have no other outcome. */
    @Test
    void abort_abortedEntryThatIsStaging_countsAsDone() {
        useSchema(3);
        cells.putUnlessExists(encoding.table(), encoding.cellOf(START), Bytes.ofHex("00"));

        assertThat(scan()).containsExactly(new TransactionEntry(START, TransactionState.ABORTED));
        assertThat(table.abort(new TransactionEntry(START, STAGING))).isTrue();
    }

    /** H15: a clean that was interrupted is done again, and what it has aborted stays so. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void abortAll_afterAPartWasDone_doesTheRest(int version) {
        useSchema(version);
        List<TransactionEntry> entries = new ArrayList<>();
        for (long start = 1; start <= 300; start++) {
            application.propose(start, TransactionState.committed(1_000 + start));
            entries.add(new TransactionEntry(start, TransactionState.committed(1_000 + start)));
        }
        table.abortAll(entries.subList(100, 250));

        assertThat(table.abortAll(entries)).isEmpty();

        assertThat(scan()).hasSize(300).allMatch(entry -> entry.state().equals(TransactionState.ABORTED));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void scan_cellsThatAreNoEntries_areLeftOut(int version) {
        useSchema(version);
        application.propose(START, COMMITTED);
        cells.put(encoding.table(), Map.of(encoding.cellOf(START), Bytes.ofHex("ff")), 7);
        keyspaces.cql(
                "INSERT INTO " + place() + " (key, column1, column2, value) VALUES (?, ?, 0, 0x)", row(), column());

        assertThat(scan()).containsExactly(new TransactionEntry(START, COMMITTED));
        assertThat(table.read(START)).contains(COMMITTED);
    }

    /** More than fits into the answer to a question for entries that lie close together. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void abortAll_manyCellsThatAreNoEntriesInBetween_abortsTheEntries(int version) {
        useSchema(version);
        List<TransactionEntry> entries = new ArrayList<>();
        for (long start = START; start <= START + 32; start += 16) {
            application.propose(start, TransactionState.committed(start + 20));
            entries.add(new TransactionEntry(start, TransactionState.committed(start + 20)));
        }
        for (long timestamp = 1; timestamp <= 500; timestamp++) {
            cells.put(encoding.table(), Map.of(encoding.cellOf(START + 16), Bytes.ofHex("ff")), timestamp);
        }

        assertThat(table.abortAll(entries)).isEmpty();

        assertThat(scan()).hasSize(3).allMatch(entry -> entry.state().equals(TransactionState.ABORTED));
    }

    @Test
    void anyMethod_tableMissing_isDamageAndNotEmpty() {
        useSchema(1);
        TransactionTable other = CassandraTransactionTable.ofAllReplicas(
                keyspaces.session(), keyspace, new TransactionsSchemaMap(new TreeMap<>(Map.of(1L, 1, 50L, 2))));

        assertFails(STORE_DAMAGED, () -> other.read(START));
        assertFails(STORE_DAMAGED, () -> scan(other));
        assertFails(STORE_DAMAGED, () -> other.abort(new TransactionEntry(START, COMMITTED)));
    }

    @Test
    void deleteVersions_entryOfSchemaThree_isRefused() {
        useSchema(3);
        application.propose(START, COMMITTED);

        assertFails(
                STORE_UNSUPPORTED,
                () -> cells.deleteVersions(encoding.table(), Map.of(encoding.cellOf(START), Set.of(0L))));
        assertThat(table.read(START)).contains(COMMITTED);
    }

    private List<TransactionEntry> scan() {
        return scan(table);
    }

    private static List<TransactionEntry> scan(TransactionTable table) {
        List<TransactionEntry> entries = new ArrayList<>();
        for (TransactionTable.Part part : table.split(new TimestampRange(1, 1_000_000), 4)) {
            try (CloseableIterator<TransactionEntry> scan = table.scan(part)) {
                scan.forEachRemaining(entries::add);
            }
        }
        return entries;
    }

    private void put(TransactionState state, long writeTime) {
        put(START, state, writeTime);
    }

    private void put(long start, TransactionState state, long writeTime) {
        Cell cell = encoding.cellOf(start);
        keyspaces.cql(
                "INSERT INTO " + place() + " (key, column1, column2, value) VALUES (?, ?, -1, ?) USING TIMESTAMP ?",
                cell.row().toBuffer(),
                cell.column().toBuffer(),
                encoding.encode(start, state).toBuffer(),
                writeTime);
    }

    private long writeTime() {
        return keyspaces
                .cql(
                        "SELECT writetime(value) FROM " + place() + " WHERE key = ? AND column1 = ? AND column2 = -1",
                        row(),
                        column())
                .get(0)
                .getLong(0);
    }

    private String place() {
        return "\"" + keyspace + "\".\"" + encoding.table() + "\"";
    }

    private ByteBuffer row() {
        return encoding.cellOf(START).row().toBuffer();
    }

    private ByteBuffer column() {
        return encoding.cellOf(START).column().toBuffer();
    }
}

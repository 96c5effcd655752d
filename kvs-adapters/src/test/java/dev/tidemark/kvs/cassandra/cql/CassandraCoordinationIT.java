package dev.tidemark.kvs.cassandra.cql;

import static dev.tidemark.kvs.ErrorCode.UNKNOWN_TRANSACTIONS_SCHEMA;
import static dev.tidemark.kvs.node.NodeFiles.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.CellStore;
import dev.tidemark.kvs.Version;
import dev.tidemark.kvs.cassandra.cql.CassandraCoordination.Decision;
import dev.tidemark.kvs.cassandra.server.CassandraExtension;
import dev.tidemark.kvs.transactiontable.Resources;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import dev.tidemark.kvs.transactiontable.VarLong;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CassandraCoordinationIT {
    @RegisterExtension
    static final CassandraExtension CASSANDRA = CassandraExtension.ofNodes(1);

    private static final TransactionsSchemaMap SCHEMAS =
            new TransactionsSchemaMap(new TreeMap<>(Map.of(1L, 1, 5_010_009L, 2, 12_654_337L, 3)));
    private static final Bytes ROW = Bytes.utf8("m");

    private static KeyspaceFactory keyspaces;
    private static String shared;

    private CellStore cells;
    private CassandraCoordination coordination;

    @BeforeAll
    static void connect() {
        keyspaces = new KeyspaceFactory(CASSANDRA.servers());
        shared = keyspaces.create();
        keyspaces
                .cells(shared, TransactionsSchemaMap.always(1), TableStorage.COMPACT)
                .createTable(CassandraCoordination.TABLE);
    }

    @AfterAll
    static void disconnect() {
        keyspaces.close();
    }

    @BeforeEach
    void empty() {
        new CassandraSchema(keyspaces.session(), shared).truncate(Set.of(CassandraCoordination.TABLE));
        cells = keyspaces.cells(shared, TransactionsSchemaMap.always(1), TableStorage.COMPACT);
        coordination = new CassandraCoordination(keyspaces.session(), shared);
    }

    @Test
    void read_whatAtlasDbWrote_isItsMap() {
        for (String[] row : Resources.rows("fixtures/atlasdb/cassandra/_coordination.csv.gz")) {
            put(Bytes.ofHex(row[1]), Bytes.ofHex(row[3]));
        }

        assertThat(coordination.read()).isEqualTo(new Decision(SCHEMAS, 29_998_903));
    }

    @Test
    void read_emptyTable_isSchemaOneForGood() {
        assertThat(coordination.read()).isEqualTo(new Decision(TransactionsSchemaMap.always(1), Long.MAX_VALUE));
    }

    /** H12: what is missing must not pass for the oldest schema. */
    @Test
    void read_noTable_isRefused() {
        CassandraCoordination missing = new CassandraCoordination(keyspaces.session(), keyspaces.create());

        assertFails(UNKNOWN_TRANSACTIONS_SCHEMA, missing::read);
        assertFails(
                UNKNOWN_TRANSACTIONS_SCHEMA,
                () -> missing.adopt(new Decision(TransactionsSchemaMap.always(1), Long.MAX_VALUE)));
    }

    /** H13: {@code 4} is a schema that is coded in AtlasDB, and not known here. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"version\":2,\"payload\":\"%s\"}|1",
                "{\"payload\":\"%s\"}|1",
                "{\"version\":1,\"payload\":\"%s\"}|4",
                "{\"version\":1,\"payload\":\"%s\"}|0",
                "{\"version\":1,\"payload\":\"%s\"}|\"1\"",
                "{\"version\":1,\"payload\":\"!%s\"}|1",
                "{\"version\":1}|1",
                "%s|1",
                "|1"
            })
    void read_valueThatIsNotUnderstood_isRefused(String valueAndSchema) {
        String[] parts = valueAndSchema.split("\\|", -1);
        String payload = "{\"timestampToTransactionsTableSchemaVersion\":{\"timestampMappings\":[{\"longRange\":"
                + "{\"lowerEndpoint\":1,\"lowerBoundType\":\"CLOSED\"},\"value\":" + parts[1] + "}]}}";
        put(VarLong.encode(0), Bytes.utf8("{\"sequence\":7,\"bound\":9}"));
        put(
                VarLong.encode(7),
                Bytes.utf8(parts[0].replace(
                        "%s", Base64.getEncoder().encodeToString(payload.getBytes(StandardCharsets.UTF_8)))));

        assertFails(UNKNOWN_TRANSACTIONS_SCHEMA, coordination::read);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"sequence\":8,\"bound\":9}",
                "{\"sequence\":0,\"bound\":9}",
                "{\"sequence\":7,\"bound\":0}",
                "{\"sequence\":\"7\",\"bound\":9}",
                "{\"sequence\":7}",
                "7",
                ""
            })
    void read_pointerToNothing_isRefused(String pointer) {
        coordination.adopt(new Decision(SCHEMAS, 9));
        Bytes found = cells.getLatest(CassandraCoordination.TABLE, Set.of(Cell.of(ROW, VarLong.encode(0))), 0)
                .values()
                .iterator()
                .next()
                .value();
        cells.compareAndSet(CassandraCoordination.TABLE, Cell.of(ROW, VarLong.encode(0)), found, Bytes.utf8(pointer));

        assertFails(UNKNOWN_TRANSACTIONS_SCHEMA, coordination::read);
    }

    @Test
    void read_valuesWithoutPointer_isRefused() {
        put(VarLong.encode(7), Bytes.utf8("{}"));

        assertFails(UNKNOWN_TRANSACTIONS_SCHEMA, coordination::read);
    }

    @Test
    void adopt_newKeyspace_writesWhatAtlasDbWrites() {
        TransactionsSchemaMap schemas = new TransactionsSchemaMap(new TreeMap<>(Map.of(1L, 1, 5_010_009L, 2)));

        coordination.adopt(new Decision(schemas, 10_000_000));
        coordination.adopt(new Decision(schemas, 10_000_000));

        assertThat(coordination.read()).isEqualTo(new Decision(schemas, 10_000_000));
        Map<Cell, Version> found = cells.getLatest(
                CassandraCoordination.TABLE,
                Set.of(Cell.of(ROW, VarLong.encode(0)), Cell.of(ROW, VarLong.encode(1))),
                Long.MAX_VALUE);
        assertThat(found)
                .isEqualTo(Map.of(
                        Cell.of(ROW, VarLong.encode(0)),
                        new Version(0, Bytes.utf8("{\"sequence\":1,\"bound\":10000000}")),
                        Cell.of(ROW, VarLong.encode(1)),
                        new Version(0, atlasDbValue("cf6953"))));
    }

    /** H12: a snapshot of {@code _coordination} may be older than the entries that were written by it. */
    @Test
    void adopt_storeHasDecidedLess_goesAsFarAndKeepsTheOldValue() {
        TransactionsSchemaMap before = new TransactionsSchemaMap(new TreeMap<>(Map.of(1L, 1, 5_010_009L, 2)));
        coordination.adopt(new Decision(before, 12_654_336));

        coordination.adopt(new Decision(before, 12_654_336));
        coordination.adopt(new Decision(SCHEMAS, 29_998_903));

        assertThat(coordination.read()).isEqualTo(new Decision(SCHEMAS, 29_998_903));
        assertThat(cells.getLatest(
                                CassandraCoordination.TABLE,
                                Set.of(Cell.of(ROW, VarLong.encode(1)), Cell.of(ROW, VarLong.encode(2))),
                                0)
                        .keySet())
                .hasSize(2);
    }

    @Test
    void adopt_storeHasDecidedMore_keepsIt() {
        coordination.adopt(new Decision(SCHEMAS, 29_998_903));

        coordination.adopt(
                new Decision(new TransactionsSchemaMap(new TreeMap<>(Map.of(1L, 1, 5_010_009L, 2))), 12_000_000));
        coordination.adopt(new Decision(SCHEMAS, 20_000_000));

        assertThat(coordination.read()).isEqualTo(new Decision(SCHEMAS, 29_998_903));
        coordination.adopt(new Decision(SCHEMAS, 30_000_000));
        assertThat(coordination.read()).isEqualTo(new Decision(SCHEMAS, 30_000_000));
    }

    /** H12: entries below the bound may have been written by either. */
    @Test
    void adopt_storeHasDecidedOtherwise_isRefusedAndLeft() {
        coordination.adopt(new Decision(TransactionsSchemaMap.always(2), 20_000_000));

        assertFails(UNKNOWN_TRANSACTIONS_SCHEMA, () -> coordination.adopt(new Decision(SCHEMAS, 29_998_903)));
        assertFails(
                UNKNOWN_TRANSACTIONS_SCHEMA,
                () -> coordination.adopt(new Decision(TransactionsSchemaMap.always(1), Long.MAX_VALUE)));

        assertThat(coordination.read()).isEqualTo(new Decision(TransactionsSchemaMap.always(2), 20_000_000));
    }

    private void put(Bytes column, Bytes value) {
        cells.putUnlessExists(CassandraCoordination.TABLE, Cell.of(ROW, column), value);
    }

    private static Bytes atlasDbValue(String columnHex) {
        return Resources.rows("fixtures/atlasdb/cassandra/_coordination.csv.gz").stream()
                .filter(row -> row[1].equals(columnHex))
                .map(row -> Bytes.ofHex(row[3]))
                .findFirst()
                .orElseThrow();
    }
}

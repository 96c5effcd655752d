package dev.tidemark.kvs.cassandra.cql;

import static dev.tidemark.kvs.ErrorCode.BOUND_STORE_DAMAGED;
import static dev.tidemark.kvs.ErrorCode.UNKNOWN_TABLE;
import static dev.tidemark.kvs.node.NodeFiles.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.Cell;
import dev.tidemark.kvs.CellStore;
import dev.tidemark.kvs.cassandra.cql.CassandraTimestampBound.Absent;
import dev.tidemark.kvs.cassandra.cql.CassandraTimestampBound.Active;
import dev.tidemark.kvs.cassandra.cql.CassandraTimestampBound.Invalidated;
import dev.tidemark.kvs.cassandra.server.CassandraExtension;
import dev.tidemark.kvs.transactiontable.Resources;
import dev.tidemark.kvs.transactiontable.TransactionsSchemaMap;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CassandraTimestampBoundIT {
    @RegisterExtension
    static final CassandraExtension CASSANDRA = CassandraExtension.ofNodes(1);

    private static KeyspaceFactory keyspaces;
    private static String keyspace;

    private CellStore cells;
    private CassandraTimestampBound bound;

    @BeforeAll
    static void connect() {
        keyspaces = new KeyspaceFactory(CASSANDRA.servers());
        keyspace = keyspaces.create();
        keyspaces
                .cells(keyspace, TransactionsSchemaMap.always(1), TableStorage.COMPACT)
                .createTable(CassandraTimestampBound.TABLE);
    }

    @AfterAll
    static void disconnect() {
        keyspaces.close();
    }

    @BeforeEach
    void empty() {
        new CassandraSchema(keyspaces.session(), keyspace).truncate(Set.of(CassandraTimestampBound.TABLE));
        cells = keyspaces.cells(keyspace, TransactionsSchemaMap.always(1), TableStorage.COMPACT);
        bound = new CassandraTimestampBound(keyspaces.session(), keyspace);
    }

    @Test
    void read_whatAtlasDbWrote_isItsBound() {
        for (String[] row : Resources.rows("fixtures/atlasdb/cassandra/_timestamp.csv.gz")) {
            put(row[1], row[3]);
        }

        assertThat(bound.read()).isEqualTo(new Active(26_998_901));
    }

    @Test
    void initialise_newNamespace_writesTheBoundOfAtlasDbOnce() {
        assertThat(bound.read()).isEqualTo(new Absent());

        bound.initialise();
        assertThat(bound.read()).isEqualTo(new Active(10_000));
        bound.raise(20_000);
        bound.initialise();

        assertThat(bound.read()).isEqualTo(new Active(20_000));
    }

    @Test
    void raise_smallerAndGreater_neverLowers() {
        bound.initialise();

        assertThat(bound.raise(9_999)).isEqualTo(new Active(10_000));
        assertThat(bound.raise(5_000_000)).isEqualTo(new Active(5_000_000));
        assertThat(bound.raise(10_001)).isEqualTo(new Active(5_000_000));

        assertThat(bound.read()).isEqualTo(new Active(5_000_000));
    }

    @Test
    void raise_severalAtOnce_endsAtTheGreatest() throws Exception {
        bound.initialise();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Future<?>> raising = new ArrayList<>();
        for (int i = 1; i <= 4; i++) {
            long atLeast = 20_000 + i;
            raising.add(threads.submit(() -> bound.raise(atLeast)));
        }
        for (Future<?> raised : raising) {
            raised.get();
        }
        threads.shutdown();

        assertThat(bound.read()).isEqualTo(new Active(20_004));
    }

    /** H18: a bound that was handed over to a TimeLock must stay unusable. */
    @Test
    void raise_invalidatedBound_staysInvalidated() {
        put("7473", "00");
        put("6f6c645473", "00000000000f6951");

        assertThat(bound.read()).isEqualTo(new Invalidated(1_010_001));
        assertThat(bound.raise(5_000_000)).isEqualTo(new Invalidated(1_010_001));
        bound.initialise();

        assertThat(bound.read()).isEqualTo(new Invalidated(1_010_001));
    }

    /** A namespace that has had a TimeLock from the beginning has no bound, and needs none. */
    @Test
    void raise_noBound_createsNone() {
        assertThat(bound.raise(5_000_000)).isEqualTo(new Absent());
        assertThat(bound.read()).isEqualTo(new Absent());
    }

    @ParameterizedTest
    @CsvSource({
        "00,",
        "'',",
        "0000000000002710,0000000000002710",
        "00,0000",
        "01,0000000000002710",
        "000000000000271000,",
        "ffffffffffffffff,",
        ",0000000000002710"
    })
    void read_anythingElse_isRefused(String value, String oldValue) {
        if (value != null) {
            put("7473", value);
        }
        if (oldValue != null) {
            put("6f6c645473", oldValue);
        }

        assertFails(BOUND_STORE_DAMAGED, bound::read);
        assertFails(BOUND_STORE_DAMAGED, () -> bound.raise(5_000_000));
        assertFails(BOUND_STORE_DAMAGED, bound::initialise);
    }

    @Test
    void read_noTable_isUnknown() {
        CassandraTimestampBound missing = new CassandraTimestampBound(keyspaces.session(), keyspaces.create());

        assertFails(UNKNOWN_TABLE, missing::read);
    }

    private void put(String columnHex, String valueHex) {
        cells.putUnlessExists(
                CassandraTimestampBound.TABLE,
                Cell.of(Bytes.utf8("ts"), Bytes.ofHex(columnHex)),
                Bytes.ofHex(valueHex));
    }
}

package dev.tidemark.timestamp.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import dev.tidemark.kvs.Bytes;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.cassandra.cql.CassandraSession;
import dev.tidemark.kvs.cassandra.server.CassandraExtension;
import dev.tidemark.kvs.time.Sleeper;
import dev.tidemark.kvs.transactiontable.Resources;
import dev.tidemark.timestamp.IssuedPoint;
import dev.tidemark.timestamp.TimestampException;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The bound and the punches that AtlasDB 0.1175.0 wrote, in tables as it creates them, on a real node. */
class CassandraForeignBoundIT {
    @RegisterExtension
    static final CassandraExtension CASSANDRA = CassandraExtension.ofNodes(1);

    private static final String FOLDER = "fixtures/atlasdb/cassandra/";
    private static final long BOUND = 26_998_901;
    private static final String BOUND_HEX = "00000000019bf875";
    private static final String TS = "7473";
    private static final String OLD_TS = "6f6c645473";

    private static CassandraSession session;
    private static String keyspace;

    private CassandraForeignBound bound;

    @BeforeAll
    static void createTables() {
        session = CassandraSession.open(BoundKeyspace.cql(CASSANDRA.servers()), Sleeper.system());
        keyspace = CASSANDRA.servers().newKeyspaceName();
        for (String statement : String.join("\n", Resources.lines(FOLDER + "schema-cassandra5.cql"))
                .split(";\n", -1)) {
            if (statement.contains("CREATE KEYSPACE")
                    || statement.contains("_timestamp\" (")
                    || statement.contains("_timestamp (")
                    || statement.contains("_punch\" (")
                    || statement.contains("_punch (")) {
                session.change(
                        "create a table",
                        statement
                                .replace("fixcassa", keyspace)
                                .replace(
                                        "'datacenter1'",
                                        "'" + CASSANDRA.servers().localDatacenter() + "'"));
            }
        }
    }

    @AfterAll
    static void disconnect() {
        session.close();
    }

    @BeforeEach
    void load() {
        run("TRUNCATE %s.\"_timestamp\"");
        run("TRUNCATE %s.\"_punch\"");
        load("_timestamp");
        bound = CassandraForeignBound.open(BoundKeyspace.cql(CASSANDRA.servers()), keyspace, Sleeper.system());
    }

    @AfterEach
    void close() {
        bound.close();
    }

    @Test
    void read_whatAtlasDbWrote_isItsBound() {
        assertThat(bound.read()).isEqualTo(BOUND);
        assertThat(bound.isInvalidated()).isFalse();
        assertThat(bound.where())
                .contains("_timestamp")
                .contains(keyspace)
                .contains(
                        String.valueOf(CASSANDRA.servers().nodes().get(0).cql().getPort()));
    }

    @Test
    void invalidate_validBound_leavesWhatAtlasDbLeaves() {
        assertThat(bound.invalidate()).isEqualTo(BOUND);

        assertThat(bound.isInvalidated()).isTrue();
        assertThat(bound.read()).isEqualTo(BOUND);
        assertThat(value(TS)).isEqualTo("00");
        assertThat(value(OLD_TS)).isEqualTo(BOUND_HEX);
        assertThat(bound.invalidate()).isEqualTo(BOUND);
    }

    /** AtlasDB leaves one byte in oldTs when it takes a bound back from there. */
    @Test
    void invalidate_backupThatWasTakenBack_isReplaced() {
        put(OLD_TS, "00");

        assertThat(bound.invalidate()).isEqualTo(BOUND);

        assertThat(value(TS)).isEqualTo("00");
        assertThat(value(OLD_TS)).isEqualTo(BOUND_HEX);
    }

    /** What AtlasDB does to raise its bound must find nothing that it knows. */
    @Test
    void invalidate_thenAtlasDbRaises_isNotApplied() {
        bound.invalidate();

        assertThat(session.execute(
                                "raise",
                                SimpleStatement.newInstance(("UPDATE %s.\"_timestamp\" SET value = 0x000000000200cbb5"
                                                + " WHERE key = 0x7473 AND column1 = 0x7473 AND column2 = -1 IF value = 0x"
                                                + BOUND_HEX)
                                        .formatted(keyspace)))
                        .wasApplied())
                .isFalse();
        assertThat(bound.isInvalidated()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        BOUND_HEX + "," + BOUND_HEX,
        "00, 00",
        "00,",
        "00, 0000000000002710ff",
        "01, 0000000000002710",
        "ffffffffffffffff,",
        ", 0000000000002710"
    })
    void anyMethod_bothOrNeitherReadable_isRefusedAndChangesNothing(String value, String old) {
        run("TRUNCATE %s.\"_timestamp\"");
        if (value != null) {
            put(TS, value);
        }
        if (old != null) {
            put(OLD_TS, old);
        }

        assertFails(ErrorCode.BOUND_STORE_DAMAGED, () -> bound.read());
        assertFails(ErrorCode.BOUND_STORE_DAMAGED, () -> bound.isInvalidated());
        assertFails(ErrorCode.BOUND_STORE_DAMAGED, () -> bound.invalidate());
        assertThat(value(TS)).isEqualTo(value);
        assertThat(value(OLD_TS)).isEqualTo(old);
    }

    @Test
    void anyMethod_noRow_isUnknown() {
        run("TRUNCATE %s.\"_timestamp\"");

        assertFails(ErrorCode.UNKNOWN_TABLE, () -> bound.read());
        assertFails(ErrorCode.UNKNOWN_TABLE, () -> bound.isInvalidated());
        assertFails(ErrorCode.UNKNOWN_TABLE, () -> bound.invalidate());
        assertThat(value(TS)).isNull();
    }

    @Test
    void read_noTable_isUnknown() {
        String empty = CASSANDRA.servers().newKeyspaceName();
        session.change(
                "create a keyspace",
                "CREATE KEYSPACE " + empty + " WITH replication = {'class': 'NetworkTopologyStrategy', '"
                        + CASSANDRA.servers().localDatacenter() + "': 1}");
        try (CassandraForeignBound other =
                CassandraForeignBound.open(BoundKeyspace.cql(CASSANDRA.servers()), empty, Sleeper.system())) {
            assertFails(ErrorCode.UNKNOWN_TABLE, other::read);
        }
    }

    /** A bound that a clock wrote which was ahead stays what it is, whatever Cassandra says of a change. */
    @Test
    void invalidate_rowWrittenInTheFuture_isNotTakenForDone() {
        run("INSERT INTO %s.\"_timestamp\" (key, column1, column2, value) VALUES (0x7473, 0x7473, -1, 0x" + BOUND_HEX
                + ") USING TIMESTAMP 9000000000000000");
        try {
            assertThatThrownBy(() -> bound.invalidate()).isInstanceOfSatisfying(TimestampException.class, e -> {
                assertThat(e.code()).isIn(ErrorCode.CLOCK_BEHIND, ErrorCode.BOUND_STORE_DAMAGED);
                assertThat(e.hint()).isNotEmpty();
            });
            assertThat(value(TS)).isEqualTo(BOUND_HEX);
        } finally {
            run("TRUNCATE %s.\"_timestamp\"");
        }
    }

    @Test
    void points_whatAtlasDbPunched_followEachOther() {
        assertThat(bound.points()).isEmpty();
        load("_punch");

        List<IssuedPoint> points = bound.points();

        assertThat(points).hasSize(Resources.rows(FOLDER + "_punch.csv.gz").size());
        assertThat(points.get(0).timestamp()).isEqualTo(10_001);
        assertThat(points.get(points.size() - 1).timestamp()).isEqualTo(25_998_901);
        for (int i = 1; i < points.size(); i++) {
            assertThat(points.get(i).follows(points.get(i - 1))).isTrue();
        }
    }

    private static void load(String table) {
        for (String[] row : Resources.rows(FOLDER + table + ".csv.gz")) {
            run("INSERT INTO %s.\"" + table + "\" (key, column1, column2, value) VALUES (0x" + row[0] + ", 0x" + row[1]
                    + ", " + row[2] + ", 0x" + row[3] + ")");
        }
    }

    private static void put(String column, String value) {
        run("INSERT INTO %s.\"_timestamp\" (key, column1, column2, value) VALUES (0x7473, 0x" + column + ", -1, 0x"
                + value + ")");
    }

    private static String value(String column) {
        return session
                .execute(
                        "read",
                        SimpleStatement.newInstance("SELECT value FROM " + keyspace
                                + ".\"_timestamp\" WHERE key = 0x7473 AND column1 = 0x" + column + " AND column2 = -1"))
                .all()
                .stream()
                .map(row -> Bytes.wrap(bytes(row.getByteBuffer(0))).toHex())
                .findFirst()
                .orElse(null);
    }

    private static byte[] bytes(java.nio.ByteBuffer buffer) {
        byte[] content = new byte[buffer.remaining()];
        buffer.get(content);
        return content;
    }

    private static void run(String statement) {
        session.execute(
                "run '" + statement + "'",
                SimpleStatement.newInstance(statement.formatted(keyspace)).setTimeout(Duration.ofMinutes(1)));
    }

    private static void assertFails(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(TimestampException.class, e -> {
            assertThat(e.code()).as(e.getMessage()).isEqualTo(code);
            assertThat(e.hint()).isNotEmpty();
        });
    }
}

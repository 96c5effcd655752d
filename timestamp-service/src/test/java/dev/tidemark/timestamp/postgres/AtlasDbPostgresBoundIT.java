package dev.tidemark.timestamp.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.TimestampException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The tables of AtlasDB, as it creates them, on a real server. */
class AtlasDbPostgresBoundIT {
    private static PostgresTestServer server;
    private static int schemas;

    private String schema;

    @BeforeAll
    static void startServer(@TempDir Path directory) {
        server = PostgresTestServer.start(directory);
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void createSchema() {
        schema = "a" + ++schemas;
        server.run("CREATE SCHEMA " + schema);
    }

    @ParameterizedTest
    @ValueSource(strings = {"_timestamp", "acme_timestamp", "pt_metropolis_ts"})
    void invalidate_singleRow_keepsTheLimitAndStopsAtlasDb(String table) {
        createSingle(table, "7654321");
        try (AtlasDbPostgresBound bound = open(table, "")) {
            assertThat(bound.isInvalidated()).isFalse();
            assertThat(bound.read()).isEqualTo(7_654_321);
            assertThat(bound.alsoStopped()).isEmpty();

            assertThat(bound.invalidate()).isEqualTo(7_654_321);

            assertThat(bound.isInvalidated()).isTrue();
            assertThat(bound.read()).isEqualTo(7_654_321);
            assertThat(bound.invalidate()).isEqualTo(7_654_321);
            assertThat(bound.where()).contains("'" + schema + "." + table + "'", server.url());
        }
        // what AtlasDB says to read and to raise its limit
        for (String sql :
                new String[] {"SELECT last_allocated FROM %s FOR UPDATE", "UPDATE %s SET last_allocated = 8000000"}) {
            assertThatThrownBy(() -> server.run(sql.replace("%s", schema + "." + table)))
                    .hasMessageMatching("(?s).*\"last_allocated\".* does not exist.*");
        }
        server.stop();
        server.start();
        try (AtlasDbPostgresBound bound = open(table, "")) {
            assertThat(bound.isInvalidated()).isTrue();
        }
    }

    @Test
    void invalidate_severalClients_stopsThemAll() {
        createClients();
        try (AtlasDbPostgresBound orders = open("pt_timelock_db_ts", "orders");
                AtlasDbPostgresBound stock = open("pt_timelock_db_ts", "stock")) {
            assertThat(orders.read()).isEqualTo(100);
            assertThat(orders.alsoStopped()).containsExactly("client 'it''s'".replace("''", "'"), "client 'stock'");

            assertThat(orders.invalidate()).isEqualTo(100);

            assertThat(stock.isInvalidated()).isTrue();
            assertThat(stock.invalidate()).isEqualTo(200);
            assertThat(stock.where()).contains("client 'stock'");
        }
    }

    @Test
    void invalidate_whileAtlasDbRaisesTheLimit_returnsTheLastOne() throws Exception {
        createSingle("_timestamp", "1000");
        try (AtlasDbPostgresBound bound = open("_timestamp", "");
                Connection atlasDb = server.connect();
                Statement statement = atlasDb.createStatement()) {
            atlasDb.setAutoCommit(false);
            statement.execute("SELECT last_allocated FROM " + schema + "._timestamp FOR UPDATE");
            Thread raising = new Thread(() -> {
                try {
                    waitForWaiting();
                    statement.execute("UPDATE " + schema + "._timestamp SET last_allocated = 1001000");
                    atlasDb.commit();
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            raising.start();

            assertThat(bound.invalidate()).isEqualTo(1_001_000);
            raising.join(10_000);
        }
    }

    @Test
    void invalidate_tableIsLocked_endsInTimeAndChangesNothing() throws SQLException {
        createSingle("_timestamp", "1000");
        try (AtlasDbPostgresBound bound = AtlasDbPostgresBound.open(
                        server.server(Duration.ofSeconds(1)), new AtlasDbPostgresBound.Row(schema, "_timestamp", ""));
                Connection atlasDb = server.connect();
                Statement statement = atlasDb.createStatement()) {
            atlasDb.setAutoCommit(false);
            statement.execute("SELECT last_allocated FROM " + schema + "._timestamp FOR UPDATE");

            assertFails(ErrorCode.ORACLE_UNAVAILABLE, bound::invalidate);
            atlasDb.rollback();

            assertThat(bound.isInvalidated()).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CREATE TABLE %s (last_allocated int8, legacy_last_allocated int8)",
                "CREATE TABLE %s (something int8)",
                "CREATE TABLE %s (last_allocated int8); INSERT INTO %s VALUES (1), (2)",
                "CREATE TABLE %s (last_allocated int8); INSERT INTO %s VALUES (NULL)",
                "CREATE TABLE %s (last_allocated int8); INSERT INTO %s VALUES (-1)",
            })
    void anyCall_ambiguousTable_isRefusedAndLeftAlone(String sql) {
        server.run(sql.replace("%s", schema + "._timestamp").split("; "));
        try (AtlasDbPostgresBound bound = open("_timestamp", "")) {
            assertFails(ErrorCode.BOUND_STORE_DAMAGED, bound::read);
            assertFails(ErrorCode.BOUND_STORE_DAMAGED, bound::invalidate);
        }
        boolean isUntouched = sql.contains("(something") || limitColumns() == 1;
        assertThat(isUntouched).isTrue();
    }

    @Test
    void read_noTableOrRow_isRefused() {
        assertFails(ErrorCode.UNKNOWN_TABLE, () -> open("_timestamp", "").read());
        createSingle("_timestamp", "NULL");
        server.run("DELETE FROM " + schema + "._timestamp");
        assertFails(ErrorCode.UNKNOWN_TABLE, () -> open("_timestamp", "").invalidate());
        createClients();
        assertFails(ErrorCode.UNKNOWN_TABLE, () -> open("pt_timelock_db_ts", "order")
                .invalidate());
        assertThat(open("pt_timelock_db_ts", "orders").isInvalidated()).isFalse();
    }

    @Test
    void read_clientAndTableDontFit_isRefused() {
        createSingle("_timestamp", "1");
        createClients();

        assertFails(ErrorCode.INVALID_INPUT, () -> open("_timestamp", "orders").read());
        assertFails(ErrorCode.INVALID_INPUT, () -> open("pt_timelock_db_ts", "").read());
    }

    private void createSingle(String table, String limit) {
        String name = schema + "." + table;
        boolean mayBeNull = limit.equals("NULL");
        server.run(
                "CREATE TABLE " + name + " (last_allocated int8" + (mayBeNull ? "" : " NOT NULL") + ")",
                "INSERT INTO " + name + " VALUES (" + limit + ")");
    }

    private void createClients() {
        String name = schema + ".pt_timelock_db_ts";
        server.run(
                "CREATE TABLE " + name + " (client VARCHAR(2000) PRIMARY KEY, last_allocated int8 NOT NULL)",
                "INSERT INTO " + name + " VALUES ('orders', 100), ('stock', 200), ('it''s', 300)");
    }

    /** Waits until somebody waits for a lock. */
    private static void waitForWaiting() throws SQLException {
        try (Connection connection = server.connect()) {
            while (Sql.query(
                            connection,
                            "SELECT pg_sleep(0.05), pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'",
                            row -> row.getInt(2))
                    .isEmpty()) {
                Sql.query(connection, "SELECT pg_sleep(0.05)", row -> true);
            }
        }
    }

    private int limitColumns() {
        try (Connection connection = server.connect()) {
            return Sql.query(
                            connection,
                            "SELECT 1 FROM information_schema.columns WHERE table_schema = ? AND column_name = 'last_allocated'",
                            row -> 1,
                            schema)
                    .size();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private AtlasDbPostgresBound open(String table, String client) {
        return AtlasDbPostgresBound.open(server.server(), new AtlasDbPostgresBound.Row(schema, table, client));
    }

    private static void assertFails(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(TimestampException.class, e -> {
            assertThat(e.code()).as(e.getMessage()).isEqualTo(code);
            assertThat(e.hint()).isNotEmpty();
        });
    }
}

package dev.tidemark.timestamp.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.bound.BoundState;
import dev.tidemark.timestamp.bound.LeaderRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a store refuses, on a real server: one that would forget, one that has forgotten. */
class PostgresDurabilityIT {
    private static final BoundState STATE = new BoundState(3, 5000, "");
    private static final LeaderRecord LEADER =
            new LeaderRecord(3, 7, "a", "http://a.example", Duration.ofSeconds(2), false);

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
    void chooseSchema() {
        schema = "d" + ++schemas;
    }

    @Test
    void open_synchronousCommitOff_isRefused() {
        server.run("DROP ROLE IF EXISTS careless", "CREATE ROLE careless LOGIN SUPERUSER");
        server.run("ALTER ROLE careless SET synchronous_commit = off");

        assertFails(
                ErrorCode.INVALID_CONFIGURATION,
                "synchronous_commit off",
                () -> PostgresBoundStore.open(as("careless"), schema, FailoverPolicy.STOP));
    }

    @ParameterizedTest
    @CsvSource({"local, on", "remote_write, on", "on, on", "remote_apply, remote_apply"})
    void prepare_synchronousCommit_isAtLeastOn(String configured, String expected) throws SQLException {
        server.run("DROP ROLE IF EXISTS cautious", "CREATE ROLE cautious LOGIN SUPERUSER");
        server.run("ALTER ROLE cautious SET synchronous_commit = " + configured);
        PostgresServer asCautious = as("cautious");

        try (Connection connection = asCautious.connect()) {
            Lineage.prepare(connection, asCautious);

            assertThat(Sql.query(connection, "SHOW synchronous_commit", row -> row.getString(1)))
                    .isEqualTo(List.of(expected));
        }
    }

    @Test
    void open_wrongPassword_saysWhatToCorrect() {
        assertThatThrownBy(() -> PostgresBoundStore.open(as("nobody"), schema, FailoverPolicy.STOP))
                .isInstanceOfSatisfying(TimestampException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCode.ORACLE_UNAVAILABLE);
                    assertThat(e.hint()).contains("user and password");
                });
    }

    @Test
    void open_asRoleThatMayOnlyUseTheTables_works() {
        open().close();
        server.run(
                "DROP ROLE IF EXISTS modest",
                "CREATE ROLE modest LOGIN",
                "GRANT USAGE ON SCHEMA " + schema + " TO modest",
                "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA " + schema + " TO modest");

        try (PostgresBoundStore store = PostgresBoundStore.open(as("modest"), schema, FailoverPolicy.STOP)) {
            store.create("orders");
            store.compareAndSet("orders", BoundState.INITIAL, STATE);
            assertThat(store.read("orders")).isEqualTo(STATE);
        } finally {
            server.run("DROP OWNED BY modest");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"leader", "namespaces", "time_index_end", "installation"})
    void open_aTableIsMissing_isRefusedAndNotCreatedAgain(String table) {
        open().close();
        server.run("DROP TABLE " + schema + "." + table + " CASCADE");

        assertFails(ErrorCode.BOUND_STORE_DAMAGED, "lacks the tables " + table, this::open);
        assertFails(ErrorCode.BOUND_STORE_DAMAGED, "lacks the tables " + table, this::open);
    }

    @Test
    void read_tablesDroppedMeanwhile_isRefusedForGood() {
        try (PostgresBoundStore store = open()) {
            store.create("orders");
            server.run("DROP SCHEMA " + schema + " CASCADE");

            assertFails(ErrorCode.BOUND_STORE_DAMAGED, "namespaces", () -> store.read("orders"));
            assertFails(ErrorCode.BOUND_STORE_DAMAGED, "namespaces", store::namespaces);
        }
    }

    @Test
    void open_unloggedTable_isRefused() {
        open().close();
        server.run("ALTER TABLE " + schema + ".leader SET UNLOGGED");

        assertFails(ErrorCode.INVALID_CONFIGURATION, "emptied by a crash", this::open);
    }

    @Test
    void open_otherFormat_isRefused() {
        open().close();
        server.run("UPDATE " + schema + ".installation SET format = 2");

        assertFails(ErrorCode.UNKNOWN_FORMAT_VERSION, "format 2", this::open);
    }

    @Test
    void open_copiedFromAnotherCluster_isRefusedUntilSomebodyAgrees() {
        open().close();
        server.run("UPDATE " + schema + ".installation SET system_identifier = 1, timeline = 7");

        TimestampException refused = assertFails(ErrorCode.BOUND_STORE_DAMAGED, "copied from the cluster", this::open);
        server.run(refused.hint().replaceAll("(?s).*run: ", ""));
        open().close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE %s.namespaces SET bound = 4999",
                "UPDATE %s.namespaces SET epoch = 2",
                "UPDATE %s.namespaces SET bound = 9223372036854775807",
                "DELETE FROM %s.time_index_end; DELETE FROM %s.namespaces"
            })
    void read_stateWentBack_isRefusedForGood(String sql) {
        try (PostgresBoundStore store = open()) {
            store.create("orders");
            store.compareAndSet("orders", BoundState.INITIAL, STATE);
            server.run(sql.replace("%s", schema).split("; "));

            assertFails(ErrorCode.BOUND_STORE_DAMAGED, "'orders'", () -> store.read("orders"));
            server.run("UPDATE " + schema + ".namespaces SET bound = 5000, epoch = 3");
            assertFails(ErrorCode.BOUND_STORE_DAMAGED, "'orders'", () -> store.read("orders"));
            assertFails(ErrorCode.BOUND_STORE_DAMAGED, "'orders'", store::leader);
        }
    }

    @Test
    void compareAndSet_stateWentBack_isRefusedForGood() {
        try (PostgresBoundStore store = open()) {
            store.create("orders");
            store.compareAndSet("orders", BoundState.INITIAL, STATE);
            server.run("UPDATE " + schema + ".namespaces SET bound = 4999");

            assertFails(
                    ErrorCode.BOUND_STORE_DAMAGED,
                    "went back",
                    () -> store.compareAndSet("orders", STATE, STATE.withBound(6000)));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"DELETE FROM %s.leader", "UPDATE %s.leader SET renewal = 6", "UPDATE %s.leader SET epoch = 2"})
    void leader_recordWentBack_isRefusedForGood(String sql) {
        try (PostgresBoundStore store = open()) {
            store.replaceLeader(Optional.empty(), LEADER);
            server.run(sql.replace("%s", schema));

            assertFails(ErrorCode.BOUND_STORE_DAMAGED, "leader's record", store::leader);
            assertFails(
                    ErrorCode.BOUND_STORE_DAMAGED,
                    "leader's record",
                    () -> store.replaceLeader(Optional.empty(), LEADER.renewed(8)));
        }
    }

    @Test
    void open_standbyThenPromotedThenWithoutFlushing_isRefusedUntilSomebodyAgrees(@TempDir Path directory)
            throws IOException {
        try (PostgresBoundStore store = open()) {
            store.create("orders");
        }
        server.stop();
        try (PostgresTestServer standby = server.copy(directory)) {
            server.start();
            standby.makeStandby();
            standby.start();
            assertFails(ErrorCode.ORACLE_UNAVAILABLE, "primary", () -> open(standby, FailoverPolicy.STOP));

            standby.run("SELECT pg_promote()");
            assertFails(ErrorCode.BOUND_STORE_DAMAGED, "on timeline 1", () -> open(standby, FailoverPolicy.STOP));
            open(standby, FailoverPolicy.CONTINUE).close();
            try (PostgresBoundStore agreed = open(standby, FailoverPolicy.STOP)) {
                assertThat(agreed.namespaces()).containsExactly("orders");
            }

            standby.stop();
            standby.configure("fsync", "off");
            standby.start();
            assertFails(ErrorCode.INVALID_CONFIGURATION, "fsync off", () -> open(standby, FailoverPolicy.STOP));
        }
    }

    @Test
    void connections_oldPrimaryAfterANewOne_isRefused() throws SQLException {
        open().close();
        Tables tables = new Tables(schema, server.server());
        Connections connections = new Connections(server.server(), tables, FailoverPolicy.CONTINUE);
        connections.open().close();
        connections.noteTimeline(2);

        assertFails(ErrorCode.ORACLE_UNAVAILABLE, "goes on", connections::open);
    }

    private PostgresBoundStore open() {
        return open(server, FailoverPolicy.STOP);
    }

    private PostgresBoundStore open(PostgresTestServer opened, FailoverPolicy policy) {
        return PostgresBoundStore.open(opened.server(), schema, policy);
    }

    private static PostgresServer as(String role) {
        return new PostgresServer(server.url(), role, "", Duration.ofSeconds(10));
    }

    private static TimestampException assertFails(ErrorCode code, String message, ThrowingCallable call) {
        TimestampException[] caught = new TimestampException[1];
        assertThatThrownBy(call).isInstanceOfSatisfying(TimestampException.class, e -> {
            assertThat(e.code()).as(e.getMessage()).isEqualTo(code);
            assertThat(e.getMessage()).contains(message);
            assertThat(e.hint()).isNotEmpty();
            caught[0] = e;
        });
        return caught[0];
    }
}

package dev.tidemark.timestamp.leader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.kvs.time.ThreadedPeriodicTasks;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.oracle.OracleSeams;
import dev.tidemark.timestamp.oracle.OracleSettings;
import dev.tidemark.timestamp.postgres.FailoverPolicy;
import dev.tidemark.timestamp.postgres.PostgresBoundStore;
import dev.tidemark.timestamp.postgres.PostgresTestServer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two servers of the oracle over one real PostgreSQL server. */
class PostgresFailoverIT {
    private static final Duration LEASE = Duration.ofSeconds(2);

    private static PostgresTestServer server;
    private static int schemas;

    @BeforeAll
    static void startServer(@TempDir Path directory) {
        server = PostgresTestServer.start(directory);
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void leader_stopsRenewing_theOtherOneGoesOnAboveIt(boolean isStrict) {
        String schema = "e" + ++schemas;
        try (Member first = new Member("first", schema, isStrict);
                Member second = new Member("second", schema, isStrict)) {
            assertThat(first.oracles.isLeading()).isTrue();
            first.oracles.oracles().create("orders").fastForward(5_000_000_000L);
            long last = first.fresh();
            assertThat(last).isGreaterThan(5_000_000_000L);
            assertThatThrownBy(second::fresh).isInstanceOfSatisfying(TimestampException.class, e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.NOT_LEADER);
                assertThat(e.getMessage()).contains("'first'");
            });

            first.tasks.close(); // it renews nothing any more
            long stopped = System.nanoTime();
            Awaitility.await().atMost(LEASE.plusSeconds(8)).until(second.oracles::isLeading);
            long next = second.fresh();
            Duration gap = Duration.ofNanos(System.nanoTime() - stopped);

            assertThat(next).isGreaterThan(last);
            assertThat(gap).isLessThan(LEASE.plusSeconds(3)); // more than it takes: other tests run at the same time
            assertThatThrownBy(first::fresh).isInstanceOf(TimestampException.class);
            assertThatThrownBy(() -> first.oracles.oracles().get("orders").fastForward(9_000_000_000L))
                    .isInstanceOf(TimestampException.class);
            assertThat(second.fresh()).isBetween(next, 9_000_000_000L);
        }
    }

    @Test
    void leader_givesUp_theOtherOneLeadsAtOnce() {
        String schema = "e" + ++schemas;
        try (Member second = closeFirst(schema)) {
            Awaitility.await().atMost(LEASE).until(second.oracles::isLeading);
            assertThat(second.fresh()).isGreaterThan(1_000_000);
        }
    }

    @Test
    void leader_storeRestarts_goesOn() {
        String schema = "e" + ++schemas;
        try (Member first = new Member("first", schema, false)) {
            first.oracles.oracles().create("orders");
            long last = first.fresh();
            server.kill();
            server.start();

            Awaitility.await().atMost(Duration.ofSeconds(15)).ignoreExceptions().until(() -> first.fresh() > last);
            first.oracles.oracles().get("orders").fastForward(last + 10_000_000);
            assertThat(first.fresh()).isGreaterThan(last + 10_000_000);
        }
    }

    private static Member closeFirst(String schema) {
        try (Member first = new Member("first", schema, false)) {
            Member second = new Member("second", schema, false);
            first.oracles.oracles().create("orders").fastForward(1_000_000);
            return second;
        }
    }

    private static final class Member implements AutoCloseable {
        private final ThreadedPeriodicTasks tasks = new ThreadedPeriodicTasks();
        private final ElectedOracles oracles;

        private Member(String id, String schema, boolean isStrict) {
            oracles = ElectedOracles.start(
                    PostgresBoundStore.open(server.server(Duration.ofMillis(800)), schema, FailoverPolicy.STOP),
                    OracleSettings.defaults(),
                    new OracleSeams(MonotonicClock.system(), InstantSource.system(), tasks),
                    new Candidate(id, "", LEASE),
                    isStrict);
        }

        long fresh() {
            return oracles.oracles().get("orders").freshTimestamp();
        }

        @Override
        public void close() {
            oracles.close();
            tasks.close();
        }
    }
}

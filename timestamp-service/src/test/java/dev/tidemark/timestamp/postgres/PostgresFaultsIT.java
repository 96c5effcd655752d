package dev.tidemark.timestamp.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.IssuedPoint;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.bound.BoundState;
import dev.tidemark.timestamp.bound.BoundStore;
import dev.tidemark.timestamp.bound.LeaderRecord;
import dev.tidemark.timestamp.bound.SharedBoundStore;
import dev.tidemark.timestamp.bound.TimeIndexLevels;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real servers that are killed, stopped, locked and made to wait, under several stores. */
class PostgresFaultsIT {
    private static final Duration SHORT = Duration.ofSeconds(1);
    private static final LeaderRecord LEADER = new LeaderRecord(1, 1, "a", "", Duration.ofSeconds(2), false);

    private static PostgresTestServer server;
    private static int schemas;

    private final ExecutorService threads = Executors.newCachedThreadPool();
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
        schema = "f" + ++schemas;
    }

    @AfterEach
    void stopThreads() {
        threads.shutdownNow();
    }

    @Test
    void compareAndSet_rowIsLockedByOthers_endsInTimeAndChangesNothing() throws Exception {
        try (SharedBoundStore store = open(Duration.ofSeconds(3));
                Connection other = server.connect();
                Statement statement = other.createStatement()) {
            store.create("orders");
            other.setAutoCommit(false);
            statement.execute("SELECT * FROM " + schema + ".namespaces FOR UPDATE");

            List<Future<?>> blocked = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                blocked.add(threads.submit(() -> assertUnavailable(
                        () -> store.compareAndSet("orders", BoundState.INITIAL, new BoundState(0, 10, "")))));
            }
            Awaitility.await().until(() -> waitingForLocks() == 4); // every connection but one
            assertThat(store.replaceLeader(Optional.empty(), LEADER)).isTrue();
            assertThat(blocked).as("renewals wait for nothing else").noneMatch(Future::isDone);
            for (Future<?> attempt : blocked) {
                attempt.get(20, TimeUnit.SECONDS);
            }
            other.rollback();

            assertThat(store.read("orders")).isEqualTo(BoundState.INITIAL);
            store.compareAndSet("orders", BoundState.INITIAL, new BoundState(0, 20, ""));
        }
    }

    @Test
    void compareAndSet_commitIsCancelledWhileStandbysAreWaitedFor_isNotAcknowledged() throws Exception {
        BoundState next = new BoundState(0, 10, "");
        try (SharedBoundStore store = open(Duration.ofSeconds(10))) {
            store.create("orders");
            waitForStandbys();

            Future<?> attempt = threads.submit(
                    () -> assertUnavailable(() -> store.compareAndSet("orders", BoundState.INITIAL, next)));
            Awaitility.await().until(() -> cancelWaitingCommits() == 1);
            attempt.get(20, TimeUnit.SECONDS);
        } finally {
            resetStandbys();
        }
        try (BoundStore store = open(SHORT)) {
            assertThat(store.read("orders")).isEqualTo(next); // it was made after all: its outcome was not known
        }
    }

    @Test
    void compareAndSet_noAnswerInTime_isNotSaidToHaveChangedNothing() throws Exception {
        BoundState next = new BoundState(0, 10, "");
        try (SharedBoundStore store = open(SHORT)) {
            store.create("orders");
            waitForStandbys();

            assertUnavailable(() -> store.compareAndSet("orders", BoundState.INITIAL, next));
            resetStandbys();

            Awaitility.await().until(() -> store.read("orders").equals(next));
        } finally {
            resetStandbys();
        }
    }

    @Test
    void compareAndSet_twoStoresRace_everySuccessCounts() throws Exception {
        int attempts = 150;
        try (SharedBoundStore first = open(Duration.ofSeconds(10));
                SharedBoundStore second = open(Duration.ofSeconds(10))) {
            first.create("orders");
            Callable<Integer> racer = () -> raise(first, attempts);
            List<Future<Integer>> racers = threads.invokeAll(
                    List.of(racer, racer, () -> raise(second, attempts), () -> raise(second, attempts)));
            int successes = 0;
            for (Future<Integer> done : racers) {
                successes += done.get();
            }

            assertThat(first.read("orders").bound()).isEqualTo(successes).isGreaterThan(attempts / 2);
        }
    }

    @Test
    void addPoint_twoStoresRace_pointsFollowEachOther() throws Exception {
        try (SharedBoundStore first = open(Duration.ofSeconds(10));
                SharedBoundStore second = open(Duration.ofSeconds(10))) {
            first.create("orders");
            List<Callable<Integer>> racers = List.of(() -> add(first, 0), () -> add(second, 1), () -> add(first, 2));
            int added = 0;
            for (Future<Integer> done : threads.invokeAll(racers)) {
                added += done.get();
            }

            List<IssuedPoint> points = first.points("orders", 0, 10_000);
            assertThat(points).hasSize(added);
            for (int i = 1; i < points.size(); i++) {
                assertThat(points.get(i).follows(points.get(i - 1))).isTrue();
            }
        }
    }

    @Test
    void addPoint_manyPoints_thinsTheOldOnes() {
        int points = TimeIndexLevels.FINE_POINTS + TimeIndexLevels.SLACK_POINTS;
        try (SharedBoundStore store = open(Duration.ofSeconds(30))) {
            store.create("orders");
            server.run("INSERT INTO " + schema
                    + ".time_index SELECT 'orders', n, 1000000 + n, 0 FROM generate_series(1, " + points + ") n");
            server.run("UPDATE " + schema + ".time_index_end SET ts = " + points + ", seconds = 1000000 + " + points);
            List<IssuedPoint> before = store.points("orders", 0, Integer.MAX_VALUE);

            IssuedPoint last = point(points + 1);
            store.addPoint("orders", last);

            before = new ArrayList<>(before);
            before.add(last);
            assertThat(store.points("orders", 0, Integer.MAX_VALUE)).isEqualTo(TimeIndexLevels.thin(before));
            assertThat(store.lastPoint("orders")).contains(last);
        }
    }

    @Test
    void anyCall_serverStoppedAndStartedAgain_worksAgain() {
        BoundState next = new BoundState(0, 10, "");
        try (SharedBoundStore store = open(Duration.ofSeconds(2))) {
            store.create("orders");
            server.stop();
            assertUnavailable(() -> store.read("orders"));
            assertUnavailable(() -> store.compareAndSet("orders", BoundState.INITIAL, next));
            assertUnavailable(() -> store.replaceLeader(Optional.empty(), LEADER));
            assertUnavailable(() -> open(SHORT));
            server.start();

            store.compareAndSet("orders", BoundState.INITIAL, next);
            assertThat(store.read("orders")).isEqualTo(next);
            assertThat(store.replaceLeader(Optional.empty(), LEADER)).isTrue();
        }
    }

    @Test
    void anyCall_restartNobodyNoticed_worksFromTheFirstRead() throws Exception {
        try (SharedBoundStore store = open(Duration.ofSeconds(10))) {
            store.create("orders");
            openEveryConnection(store);
            server.stop();
            server.start();

            assertThat(store.read("orders")).isEqualTo(BoundState.INITIAL);
            for (int i = 0; i < 4; i++) {
                store.compareAndSet("orders", new BoundState(0, i, ""), new BoundState(0, i + 1, ""));
            }
        }
    }

    /** Has four calls wait for a lock at the same time. */
    private void openEveryConnection(SharedBoundStore store) throws Exception {
        try (Connection other = server.connect();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("LOCK TABLE " + schema + ".namespaces IN ACCESS EXCLUSIVE MODE");
            List<Future<?>> reads = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                reads.add(threads.submit(() -> store.read("orders")));
            }
            Awaitility.await().until(() -> waitingForLocks() == 4);
            other.rollback();
            for (Future<?> read : reads) {
                read.get(10, TimeUnit.SECONDS);
            }
        }
    }

    private static long waitingForLocks() throws SQLException {
        try (Connection connection = server.connect()) {
            return Sql.query(
                            connection,
                            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'",
                            row -> row.getLong(1))
                    .get(0);
        }
    }

    @Test
    void compareAndSet_serverIsKilled_nothingAcknowledgedIsLost() throws Exception {
        try (SharedBoundStore store = open(Duration.ofSeconds(5))) {
            store.create("orders");
            store.create("stock");
            for (int i = 0; i < 3; i++) {
                Future<Long> orders = threads.submit(() -> raiseUntilItFails(store, "orders"));
                Future<Long> stock = threads.submit(() -> raiseUntilItFails(store, "stock"));
                long before = store.read("orders").bound();
                Awaitility.await().until(() -> store.read("orders").bound() > before + 20);
                server.kill();
                long acknowledgedOrders = orders.get(20, TimeUnit.SECONDS);
                long acknowledgedStock = stock.get(20, TimeUnit.SECONDS);
                server.start();

                // one more may have been made than was acknowledged
                assertThat(store.read("orders").bound()).isBetween(acknowledgedOrders, acknowledgedOrders + 1);
                assertThat(store.read("stock").bound()).isBetween(acknowledgedStock, acknowledgedStock + 1);
            }
        }
    }

    private static long raiseUntilItFails(BoundStore store, String namespace) {
        BoundState acknowledged = store.read(namespace);
        while (true) {
            BoundState next = acknowledged.withBound(acknowledged.bound() + 1);
            try {
                store.compareAndSet(namespace, acknowledged, next);
            } catch (TimestampException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.ORACLE_UNAVAILABLE);
                return acknowledged.bound();
            }
            acknowledged = next;
        }
    }

    private static int raise(BoundStore store, int attempts) {
        int successes = 0;
        for (int i = 0; i < attempts; i++) {
            BoundState state = store.read("orders");
            try {
                store.compareAndSet("orders", state, state.withBound(state.bound() + 1));
                successes++;
            } catch (TimestampException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.BOUND_STORE_IN_USE);
            }
        }
        return successes;
    }

    /** Adds points whose instants rise, and whose timestamps are not those of other threads. */
    private static int add(BoundStore store, int thread) {
        int added = 0;
        for (int i = 0; i < 60; i++) {
            long timestamp = 3L * (i + 1) + thread;
            // the later a timestamp, the earlier this thread's instant: most of them can't follow those of the others
            Instant instant = Instant.ofEpochSecond(1_000_000 + i - 2L * thread);
            try {
                store.addPoint("orders", new IssuedPoint(instant, timestamp));
                added++;
            } catch (IllegalArgumentException e) {
                // another thread was faster
            } catch (TimestampException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.ORACLE_UNAVAILABLE);
            }
        }
        return added;
    }

    private static IssuedPoint point(long number) {
        return new IssuedPoint(Instant.ofEpochSecond(1_000_000 + number), number);
    }

    private static int cancelWaitingCommits() throws SQLException {
        try (Connection connection = server.connect()) {
            return Sql.query(
                            connection,
                            "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'",
                            row -> row.getBoolean(1))
                    .size();
        }
    }

    /** Makes every commit wait, once it is done here, for a standby that is not there. */
    private static void waitForStandbys() {
        server.run("ALTER SYSTEM SET synchronous_standby_names = 'nobody'", "SELECT pg_reload_conf()");
        Awaitility.await().until(() -> {
            try (Connection connection = server.connect()) {
                return Sql.query(connection, "SHOW synchronous_standby_names", row -> row.getString(1))
                        .equals(List.of("nobody"));
            }
        });
    }

    private static void resetStandbys() {
        server.run(
                "SET synchronous_commit = local",
                "ALTER SYSTEM RESET synchronous_standby_names",
                "SELECT pg_reload_conf()");
    }

    private SharedBoundStore open(Duration timeout) {
        return PostgresBoundStore.open(server.server(timeout), schema, FailoverPolicy.STOP);
    }

    private static void assertUnavailable(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(TimestampException.class, e -> assertThat(e.code())
                .as(e.getMessage())
                .isEqualTo(ErrorCode.ORACLE_UNAVAILABLE));
    }
}

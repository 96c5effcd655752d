package dev.tidemark.timestamp.cassandra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.cassandra.cql.CassandraSession;
import dev.tidemark.kvs.cassandra.server.CassandraExtension;
import dev.tidemark.kvs.cassandra.server.CassandraServer;
import dev.tidemark.kvs.time.Sleeper;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.bound.BoundState;
import dev.tidemark.timestamp.bound.LeaderRecord;
import dev.tidemark.timestamp.bound.SharedBoundStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Three nodes, of which one after the other stands still while several processes change the same rows. Takes about a minute, and is
 * run by its name: {@code mvn verify -pl timestamp-service -am -Dit.test=CassandraNodeStoppedIT}.
 */
class CassandraNodeStoppedIT {
    @RegisterExtension
    static final CassandraExtension CASSANDRA = CassandraExtension.ofNodes(3);

    private static final int WRITERS = 3;
    private static final Duration TIMEOUT = Duration.ofMillis(1500);

    private static BoundKeyspace keyspace;

    private final AtomicBoolean isStopping = new AtomicBoolean();
    private final AtomicInteger done = new AtomicInteger();
    private final AtomicInteger unknown = new AtomicInteger();
    private final List<CassandraSession> sessions = new ArrayList<>();

    @BeforeAll
    static void createKeyspace() {
        keyspace = new BoundKeyspace(CASSANDRA.servers());
    }

    @AfterAll
    static void disconnect() {
        keyspace.close();
    }

    @AfterEach
    void resumeAndDisconnect() {
        CASSANDRA.servers().nodes().forEach(CassandraServer::resume);
        sessions.forEach(CassandraSession::close);
        CASSANDRA.servers().awaitAllUp();
    }

    /**
     * Every writer adds one to a bound and remembers the bounds of which it was told that they are its own. Nobody is told that of a
     * bound that another one has, and no bound is lost: what is below the last one was taken by somebody who knows it, or by
     * somebody who was told that the outcome is not known.
     */
    @Test
    void compareAndSet_nodesStandStill_isDoneOnceOrRefusedOrUnknown() throws Exception {
        keyspace.empty();
        keyspace.open().create("orders");
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
        List<Future<List<Long>>> writing = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            SharedBoundStore store = openAnother();
            writing.add(threads.submit(() -> addOnes(store)));
        }
        pauseEachNode();
        isStopping.set(true);

        TreeSet<Long> acknowledged = new TreeSet<>();
        for (Future<List<Long>> writer : writing) {
            for (long bound : writer.get(1, TimeUnit.MINUTES)) {
                assertThat(acknowledged.add(bound))
                        .as("bound " + bound + " is nobody else's")
                        .isTrue();
            }
        }
        threads.shutdown();
        long last = keyspace.open().read("orders").bound();
        assertThat(acknowledged).hasSizeGreaterThan(100);
        assertThat(acknowledged.last()).isLessThanOrEqualTo(last);
        assertThat(last - acknowledged.size())
                .as("bounds that nobody was told of")
                .isBetween(0L, (long) unknown.get());
    }

    /** The same for the leader's record, whose renewals are all different. */
    @Test
    void replaceLeader_nodesStandStill_isDoneOnceOrRefusedOrUnknown() throws Exception {
        keyspace.empty();
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS);
        List<Future<List<Long>>> writing = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            SharedBoundStore store = openAnother();
            String holder = "p-" + i;
            writing.add(threads.submit(() -> lead(store, holder)));
        }
        pauseEachNode();
        isStopping.set(true);

        List<Long> epochs = new ArrayList<>();
        for (Future<List<Long>> writer : writing) {
            epochs.addAll(writer.get(1, TimeUnit.MINUTES));
        }
        threads.shutdown();
        Collections.sort(epochs);
        assertThat(epochs).doesNotHaveDuplicates().hasSizeGreaterThan(50);
        long last = keyspace.open().leader().orElseThrow().epoch();
        assertThat(last - epochs.size()).isBetween(0L, (long) unknown.get());
    }

    private void pauseEachNode() {
        awaitMore(30);
        for (CassandraServer node : CASSANDRA.servers().nodes()) {
            node.pause();
            int before = unknown.get();
            await().atMost(Duration.ofMinutes(1)).until(() -> unknown.get() > before);
            awaitMore(30);
            node.resume();
            awaitMore(30);
        }
    }

    private void awaitMore(int changes) {
        int before = done.get();
        await().atMost(Duration.ofMinutes(1)).until(() -> done.get() >= before + changes);
    }

    private SharedBoundStore openAnother() {
        CassandraBoundSettings patient = keyspace.settings();
        CassandraBoundSettings settings = new CassandraBoundSettings(
                patient.cql().withRequestTimeout(TIMEOUT), patient.keyspace(), patient.replication(), false, true);
        CassandraSession session = CassandraSession.openForSingleAttempts(settings.cql(), Sleeper.system());
        sessions.add(session);
        return new CassandraBoundStore(session, settings, () -> {});
    }

    private List<Long> addOnes(SharedBoundStore store) {
        List<Long> acknowledged = new ArrayList<>();
        while (!isStopping.get()) {
            try {
                BoundState state = store.read("orders");
                BoundState next = state.withBound(state.bound() + 1);
                try {
                    store.compareAndSet("orders", state, next);
                    acknowledged.add(next.bound());
                    done.incrementAndGet();
                } catch (TimestampException e) {
                    failed(e);
                }
            } catch (TimestampException e) {
                assertThat(e.code()).as(e.getMessage()).isEqualTo(ErrorCode.ORACLE_UNAVAILABLE);
            }
        }
        return acknowledged;
    }

    private List<Long> lead(SharedBoundStore store, String holder) {
        List<Long> acknowledged = new ArrayList<>();
        long renewal = 0;
        while (!isStopping.get()) {
            try {
                Optional<LeaderRecord> found = store.leader();
                long epoch = found.map(LeaderRecord::epoch).orElse(0L) + 1;
                LeaderRecord next = new LeaderRecord(epoch, ++renewal, holder, "", Duration.ofSeconds(2), false);
                try {
                    if (store.replaceLeader(found, next)) {
                        acknowledged.add(epoch);
                        done.incrementAndGet();
                    }
                } catch (TimestampException e) {
                    failed(e);
                }
            } catch (TimestampException e) {
                assertThat(e.code()).as(e.getMessage()).isEqualTo(ErrorCode.ORACLE_UNAVAILABLE);
            }
        }
        return acknowledged;
    }

    private void failed(TimestampException e) {
        assertThat(e.code()).as(e.getMessage()).isIn(ErrorCode.ORACLE_UNAVAILABLE, ErrorCode.BOUND_STORE_IN_USE);
        if (e.code() == ErrorCode.ORACLE_UNAVAILABLE) {
            unknown.incrementAndGet();
        }
    }
}

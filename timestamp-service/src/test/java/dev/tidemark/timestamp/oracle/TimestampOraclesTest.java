package dev.tidemark.timestamp.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.transaction.LeaseToken;
import dev.tidemark.timestamp.IssuedPoint;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.bound.BoundState;
import dev.tidemark.timestamp.bound.BoundStore;
import dev.tidemark.timestamp.bound.FileBoundStore;
import dev.tidemark.timestamp.bound.InMemoryBoundStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TimestampOraclesTest {
    private static final long LEASE_NANOS =
            OracleSettings.defaults().leaseDuration().toNanos();

    private final InMemoryBoundStore store = new InMemoryBoundStore();
    private final AtomicLong nanos = new AtomicLong();

    @Test
    void freshTimestamp_eachWindow_isPersistedBefore() {
        List<Long> bounds = new ArrayList<>();
        TimestampOracle oracle = oracles(recording(bounds)).create("orders");
        for (int i = 0; i < 250; i++) {
            long upper = oracle.freshTimestamps(10_000).upper();
            assertThat(bounds.get(bounds.size() - 1)).isGreaterThanOrEqualTo(upper);
        }

        assertThat(bounds).containsExactly(1_000_000L, 2_000_000L, 3_000_000L);
    }

    @Test
    void fastForward_withinTheWindow_writesNothing() {
        List<Long> bounds = new ArrayList<>();
        TimestampOracle oracle = oracles(recording(bounds)).create("orders");
        oracle.freshTimestamp();
        oracle.fastForward(1_000_000);
        assertThat(bounds).containsExactly(1_000_000L);

        oracle.fastForward(1_000_001);
        assertThat(bounds).containsExactly(1_000_000L, 2_000_001L);
    }

    @Test
    void freshTimestamp_boundCantBePersisted_stopsForGood() {
        TimestampOracle oracle = oracles(store).create("orders");
        oracle.freshTimestamps(10);
        store.failNext(new TimestampException(ErrorCode.DISK_FULL, "no space left on the device", "Make room."));

        assertFails(ErrorCode.DISK_FULL, () -> oracle.fastForward(5_000_000));
        // The window still has numbers, and the store works again; the oracle does not trust either.
        assertThatThrownBy(oracle::freshTimestamp).isInstanceOfSatisfying(TimestampException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.DISK_FULL);
            assertThat(e.getMessage()).contains("'orders' has stopped issuing").contains("no space left");
            assertThat(e.hint()).isEqualTo("Make room.");
        });
        assertFails(ErrorCode.DISK_FULL, () -> oracle.lockImmutableTimestamp(token(1)));
        assertFails(ErrorCode.DISK_FULL, () -> oracle.fastForward(6_000_000));
        assertFails(ErrorCode.DISK_FULL, () -> oracle.fence("r-1"));
        assertFails(ErrorCode.DISK_FULL, oracle::checkHealth);
    }

    @Test
    void freshTimestamp_anotherWriterOfTheBound_stopsForGood() {
        TimestampOracles oracles = oracles(store);
        TimestampOracle oracle = oracles.create("orders");
        oracle.freshTimestamps(10_000);
        store.pretendWrittenByOther("orders", new BoundState(0, 9_000_000, ""));

        assertFails(ErrorCode.BOUND_STORE_IN_USE, () -> oracle.fastForward(3_000_000));
        assertFails(ErrorCode.BOUND_STORE_IN_USE, oracle::freshTimestamp);
        assertFails(ErrorCode.BOUND_STORE_IN_USE, oracles::checkHealth);
        assertThat(store.read("orders").bound()).isEqualTo(9_000_000);
        assertThat(oracles.create("stock").freshTimestamp()).isEqualTo(1);
    }

    @Test
    void fence_cantBePersisted_isNotReportedAsUp() {
        TimestampOracle oracle = oracles(store).create("orders");
        store.failNext(new TimestampException(ErrorCode.ORACLE_UNAVAILABLE, "input/output error", ""));

        assertFails(ErrorCode.ORACLE_UNAVAILABLE, () -> oracle.fence("r-1"));
        assertFails(ErrorCode.ORACLE_UNAVAILABLE, oracle::currentFence);
    }

    @Test
    void freshTimestamp_sequenceUsedUp_isRefusedWithoutOverflow() {
        store.create("orders");
        store.compareAndSet("orders", BoundState.INITIAL, new BoundState(0, BoundState.MAX_BOUND - 500_000, ""));
        TimestampOracle oracle = oracles(store).get("orders");

        assertFails(ErrorCode.TIMESTAMP_OUT_OF_RANGE, oracle::freshTimestamp);
        assertFails(ErrorCode.TIMESTAMP_OUT_OF_RANGE, () -> oracle.freshTimestamps(10_000));
        oracle.fastForward(1000);
        assertThat(store.read("orders").bound()).isEqualTo(BoundState.MAX_BOUND - 500_000);
    }

    @Test
    void fastForward_configuredCeiling_isRespected() {
        OracleSettings settings = OracleSettings.defaults().withCeiling(1000);
        TimestampOracle oracle = new TimestampOracles(store, settings, nanos::get).create("orders");

        assertFails(ErrorCode.TIMESTAMP_OUT_OF_RANGE, () -> oracle.fastForward(1001));
        oracle.fastForward(1000);

        assertThat(oracle.freshTimestamp()).isEqualTo(1001);
    }

    @Test
    void create_moreThanTheLimit_isRefused() {
        TimestampOracles oracles =
                new TimestampOracles(store, OracleSettings.defaults().withMaxNamespaces(2), nanos::get);
        oracles.create("a");
        oracles.create("b");

        assertFails(ErrorCode.NOT_ALLOWED_NOW, () -> oracles.create("c"));
        oracles.create("a");

        assertThat(oracles.namespaces()).containsExactly("a", "b");
    }

    @Test
    void close_thenAnyRequest_isUnavailable() {
        TimestampOracles oracles = oracles(store);
        TimestampOracle oracle = oracles.create("orders");
        oracle.freshTimestamp();
        oracles.close();
        oracles.close();

        assertFails(ErrorCode.ORACLE_UNAVAILABLE, oracle::freshTimestamp);
        assertFails(ErrorCode.ORACLE_UNAVAILABLE, () -> oracles.get("stock"));
        assertFails(ErrorCode.ORACLE_UNAVAILABLE, () -> oracles.create("stock"));
    }

    @Test
    void freshTimestamp_threadsOverRestarts_areUniqueAndOrdered(@TempDir Path directory) throws Exception {
        Set<Long> issued = ConcurrentHashMap.newKeySet();
        long greatest = 0;
        for (int restart = 0; restart < 5; restart++) {
            TimestampOracles oracles = oracles(FileBoundStore.open(directory));
            TimestampOracle oracle = oracles.create("orders");
            long floor = greatest;
            greatest = issueInThreads(oracle, issued, floor);
            oracles.close();
        }

        assertThat(issued).hasSize(5 * 4 * 2_000);
    }

    @Test
    void immutableTimestamp_concurrentLeases_neverGoesBack() throws Exception {
        TimestampOracle oracle = oracles(store).create("orders");
        AtomicBoolean isDone = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(3);
        List<Future<?>> lockers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            int thread = i;
            lockers.add(threads.submit(() -> {
                for (int j = 0; j < 20_000; j++) {
                    LeaseToken token = token(thread * 100_000 + j);
                    oracle.lockImmutableTimestamp(token);
                    oracle.unlock(Set.of(token));
                }
            }));
        }
        Future<?> watcher = threads.submit(() -> {
            long last = 0;
            while (!isDone.get()) {
                long immutable = oracle.immutableTimestamp();
                assertThat(immutable).isGreaterThanOrEqualTo(last);
                last = immutable;
            }
        });
        for (Future<?> locker : lockers) {
            locker.get();
        }
        isDone.set(true);
        watcher.get();
        threads.shutdown();
    }

    @Test
    void unlock_sentAgain_isConfirmedForOneLeaseDuration() {
        TimestampOracle oracle = oracles(store).create("orders");
        UUID request = new UUID(5, 5);
        oracle.lockImmutableTimestamp(token(1));

        assertThat(oracle.unlock(request, Set.of(token(1), token(2)))).containsExactly(token(1));
        nanos.addAndGet(LEASE_NANOS - 1);
        assertThat(oracle.unlock(request, Set.of(token(1), token(2)))).containsExactly(token(1));
        assertThat(oracle.refresh(Set.of(token(1)))).isEmpty();
        nanos.addAndGet(1);
        assertThat(oracle.unlock(request, Set.of(token(1), token(2)))).isEmpty();
    }

    /** A process that was stopped ends the lease that its successor has taken over: the successor must learn of it. */
    @Test
    void unlock_leaseUnlockedByAnotherRequest_isNotConfirmed() {
        TimestampOracle oracle = oracles(store).create("orders");
        oracle.lockImmutableTimestamp(token(1));
        oracle.unlock(new UUID(5, 5), Set.of(token(1)));

        assertThat(oracle.unlock(new UUID(5, 6), Set.of(token(1)))).isEmpty();
        assertThat(oracle.unlock(Set.of(token(1)))).isEmpty();
        assertThat(oracle.unlock(new UUID(5, 5), Set.of(token(1), token(2)))).isEmpty();
    }

    @Test
    void unlock_sentAgainForALeaseTakenAnew_leavesThatAlone() {
        TimestampOracle oracle = oracles(store).create("orders");
        oracle.lockImmutableTimestamp(token(1));
        oracle.unlock(new UUID(5, 5), Set.of(token(1)));
        oracle.lockImmutableTimestamp(token(1));

        assertThat(oracle.unlock(new UUID(5, 5), Set.of(token(1)))).containsExactly(token(1));
        assertThat(oracle.refresh(Set.of(token(1)))).containsExactly(token(1));
    }

    @Test
    void unlock_leaseThatEndedByTimeOrFence_isNeverConfirmed() {
        TimestampOracle oracle = oracles(store).create("orders");
        oracle.lockImmutableTimestamp(token(1));
        nanos.addAndGet(LEASE_NANOS);
        assertThat(oracle.unlock(new UUID(5, 5), Set.of(token(1)))).isEmpty();
        assertThat(oracle.unlock(new UUID(5, 5), Set.of(token(1)))).isEmpty();

        oracle.lockImmutableTimestamp(token(2));
        assertThat(oracle.unlock(new UUID(5, 6), Set.of(token(2)))).containsExactly(token(2));
        oracle.fence("r-1");
        oracle.unfence("r-1");
        assertThat(oracle.unlock(new UUID(5, 6), Set.of(token(2)))).isEmpty();
    }

    @Test
    void unlock_moreThanIsKept_forgetsTheOldest() {
        TimestampOracle oracle = oracles(store).create("orders");
        int count = ImmutableTimestampLeases.MAX_KEPT_TOKENS + 1;
        for (int i = 0; i < count; i++) {
            oracle.lockImmutableTimestamp(token(i));
            oracle.unlock(new UUID(5, i), Set.of(token(i)));
        }

        assertThat(oracle.unlock(new UUID(5, 1), Set.of(token(1)))).containsExactly(token(1));
        assertThat(oracle.unlock(new UUID(5, 0), Set.of(token(0)))).isEmpty();
    }

    @Test
    void leases_manyWithRefreshes_endInTheOrderOfTheirLastRefresh() {
        TimestampOracle oracle = oracles(store).create("orders");
        for (int i = 0; i < 1000; i++) {
            oracle.lockImmutableTimestamp(token(i));
            nanos.addAndGet(Duration.ofMillis(1).toNanos());
        }
        nanos.addAndGet(Duration.ofSeconds(10).toNanos());
        assertThat(oracle.refresh(Set.of(token(3), token(500)))).hasSize(2);
        nanos.addAndGet(Duration.ofMillis(9_500).toNanos());

        // Those that were taken more than 20 s ago have ended: token i was taken 20,500 - i ms ago.
        assertThat(oracle.refresh(Set.of(token(500), token(501)))).hasSize(2);
        assertThat(oracle.refresh(Set.of(token(499), token(0)))).isEmpty();
        assertThat(oracle.refresh(Set.of(token(3)))).hasSize(1);
        assertThat(oracle.immutableTimestamp()).isEqualTo(4);
    }

    private long issueInThreads(TimestampOracle oracle, Set<Long> issued, long floor) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Future<Long>> results = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            results.add(threads.submit(() -> {
                long last = floor;
                for (int j = 0; j < 2_000; j++) {
                    long timestamp = oracle.freshTimestamp();
                    assertThat(timestamp).isGreaterThan(last);
                    assertThat(issued.add(timestamp)).isTrue();
                    last = timestamp;
                }
                return last;
            }));
        }
        long greatest = floor;
        for (Future<Long> result : results) {
            greatest = Math.max(greatest, result.get());
        }
        threads.shutdown();
        return greatest;
    }

    private TimestampOracles oracles(BoundStore boundStore) {
        return new TimestampOracles(boundStore, OracleSettings.defaults(), nanos::get);
    }

    private BoundStore recording(List<Long> bounds) {
        return new BoundStore() {
            @Override
            public SortedSet<String> namespaces() {
                return store.namespaces();
            }

            @Override
            public BoundState create(String namespace, BoundState initial) {
                return store.create(namespace, initial);
            }

            @Override
            public BoundState read(String namespace) {
                return store.read(namespace);
            }

            @Override
            public void compareAndSet(String namespace, BoundState expected, BoundState next) {
                store.compareAndSet(namespace, expected, next);
                bounds.add(next.bound());
            }

            @Override
            public void addPoint(String namespace, IssuedPoint point) {
                store.addPoint(namespace, point);
            }

            @Override
            public Optional<IssuedPoint> lastPoint(String namespace) {
                return store.lastPoint(namespace);
            }

            @Override
            public List<IssuedPoint> points(String namespace, long afterTimestamp, int maxPoints) {
                return store.points(namespace, afterTimestamp, maxPoints);
            }

            @Override
            public void close() {
                store.close();
            }
        };
    }

    private static LeaseToken token(int number) {
        return new LeaseToken(new UUID(1, number));
    }

    private static void assertFails(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(TimestampException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }
}

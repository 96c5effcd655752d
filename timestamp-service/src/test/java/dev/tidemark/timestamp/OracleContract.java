package dev.tidemark.timestamp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.transaction.LeaseToken;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every oracle must do, in this process or behind HTTP. */
public abstract class OracleContract {
    /** How long a lease lives in the oracle under test. */
    protected static final Duration LEASE_DURATION = Duration.ofSeconds(20);

    private static final Duration ONE_NANO = Duration.ofNanos(1);

    private final ManualTime time = new ManualTime();

    private TimestampClient client;
    private NamespaceOracle oracle;

    /** Starts an empty oracle on this time and returns a client of it. */
    protected abstract TimestampClient start(ManualTime time) throws Exception;

    /** Stops the oracle and starts it again on the same state. */
    protected abstract TimestampClient restart(ManualTime time) throws Exception;

    /** Stops the oracle. */
    protected abstract void stop() throws Exception;

    @BeforeEach
    void startOracle() throws Exception {
        client = start(time);
        oracle = client.createNamespace("orders");
    }

    @AfterEach
    void stopOracle() throws Exception {
        client.close();
        stop();
    }

    @Test
    void freshTimestamp_newNamespace_beginsAtOne() {
        assertThat(oracle.freshTimestamp()).isEqualTo(1);
        assertThat(oracle.freshTimestamp()).isEqualTo(2);
    }

    @Test
    void freshTimestamps_upToTheLimit_areContiguous() {
        assertThat(oracle.freshTimestamps(1)).isEqualTo(new TimestampRange(1, 1));
        assertThat(oracle.freshTimestamps(10_000)).isEqualTo(new TimestampRange(2, 10_001));
        assertThat(oracle.freshTimestamps(10_001)).isEqualTo(new TimestampRange(10_002, 20_001));
        assertThat(oracle.freshTimestamps(Integer.MAX_VALUE).size()).isEqualTo(10_000);
    }

    @Test
    void freshTimestamps_lessThanOne_isRefused() {
        for (int count : new int[] {0, -1, Integer.MIN_VALUE}) {
            assertFails(ErrorCode.INVALID_INPUT, () -> oracle.freshTimestamps(count));
        }
        assertThat(oracle.freshTimestamp()).isEqualTo(1);
    }

    @Test
    void freshTimestamps_manyThreadsOverTwoWindows_areUniqueAndIncreasing() throws Exception {
        Set<Long> lowers = ConcurrentHashMap.newKeySet();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Future<?>> results = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            results.add(threads.submit(() -> {
                long last = 0;
                for (int j = 0; j < 60; j++) {
                    TimestampRange range = oracle.freshTimestamps(10_000);
                    assertThat(range.lower()).isGreaterThan(last);
                    assertThat(range.size()).isEqualTo(10_000);
                    last = range.upper();
                    lowers.add(range.lower());
                }
            }));
        }
        for (Future<?> result : results) {
            result.get();
        }
        threads.shutdown();

        // 240 ranges of 10,000 that don't overlap: they tile 1..2,400,000.
        assertThat(lowers).hasSize(240).allMatch(lower -> lower % 10_000 == 1 && lower <= 2_390_001);
    }

    @Test
    void restart_afterIssuing_goesOnAboveEverythingIssued() throws Exception {
        long last = 0;
        for (int i = 0; i < 3; i++) {
            long first = oracle.freshTimestamp();
            assertThat(first).isGreaterThan(last);
            assertThat(first - last).isLessThanOrEqualTo(1_000_001);
            last = oracle.freshTimestamps(500).upper();
            restartOracle();
        }
    }

    @Test
    void restart_withoutIssuing_skipsNothing() throws Exception {
        long last = oracle.freshTimestamp();
        restartOracle();
        restartOracle();
        restartOracle();

        assertThat(oracle.freshTimestamp() - last).isLessThanOrEqualTo(1_000_001);
    }

    @Test
    void namespaces_twoOfThem_areIndependent() {
        NamespaceOracle stock = client.createNamespace("stock");
        oracle.fastForward(1000);
        oracle.fence("r-1");

        assertThat(stock.freshTimestamp()).isEqualTo(1);
        assertThat(client.namespaces()).containsExactly("orders", "stock");
    }

    @Test
    void namespace_unknown_isNotCreatedAndTheNearestIsNamed() {
        assertThatThrownBy(() -> client.namespace("Order")).isInstanceOfSatisfying(TimestampException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.UNKNOWN_NAMESPACE);
            assertThat(e.hint()).contains("'orders'");
        });

        assertThat(client.namespaces()).containsExactly("orders");
    }

    @Test
    void namespace_impossibleName_isRefused() {
        for (String name : new String[] {"", "tl", "leader", "a/b", "../orders", "a b", "a?b"}) {
            assertFails(ErrorCode.INVALID_INPUT, () -> client.namespace(name));
            assertFails(ErrorCode.INVALID_INPUT, () -> client.createNamespace(name));
        }
    }

    @Test
    void createNamespace_existing_keepsItsSequence() {
        oracle.fastForward(500);

        assertThat(client.createNamespace("orders").freshTimestamp()).isEqualTo(501);
    }

    /** A client that has outlived a lost oracle asks the new one as soon as it is there. */
    @Test
    void createFencedNamespace_new_issuesNothingUntilItIsFastForwardedAndUnfenced() throws Exception {
        NamespaceOracle stock = client.createFencedNamespace("stock", "r-1");

        assertFenced(stock::freshTimestamp);
        assertFenced(() -> stock.lockImmutableTimestamp(token(1)));
        restartOracle();
        NamespaceOracle restarted = client.namespace("stock");
        assertFenced(restarted::freshTimestamp);
        restarted.fastForward(700);
        restarted.unfence("r-1");
        assertThat(restarted.freshTimestamp()).isEqualTo(701);
    }

    @Test
    void createFencedNamespace_existing_staysAsItIs() {
        oracle.fastForward(500);

        assertThat(client.createFencedNamespace("orders", "r-1").freshTimestamp())
                .isEqualTo(501);
        assertFails(ErrorCode.INVALID_INPUT, () -> client.createFencedNamespace("orders", "no id"));
        assertFails(ErrorCode.INVALID_INPUT, () -> client.createFencedNamespace("a/b", "r-1"));
    }

    @Test
    void fastForward_ahead_issuesAboveIt() throws Exception {
        oracle.fastForward(500_000);
        assertThat(oracle.freshTimestamp()).isEqualTo(500_001);

        oracle.fastForward(5_000_000);
        assertThat(oracle.freshTimestamp()).isEqualTo(5_000_001);

        restartOracle();
        assertThat(oracle.freshTimestamp()).isBetween(5_000_002L, 6_000_001L);
    }

    @Test
    void fastForward_atOnceAfterRestart_isDurable() throws Exception {
        oracle.freshTimestamp();
        oracle.fastForward(700_000);
        restartOracle();

        assertThat(oracle.freshTimestamp()).isGreaterThan(700_000);
    }

    @Test
    void fastForward_backOrAgain_changesNothing() {
        oracle.fastForward(1000);
        assertThat(oracle.freshTimestamp()).isEqualTo(1001);

        oracle.fastForward(1000);
        oracle.fastForward(10);
        oracle.fastForward(0);

        assertThat(oracle.freshTimestamp()).isEqualTo(1002);
    }

    @Test
    void fastForward_outOfRange_changesNothing() throws Exception {
        long ceiling = 1L << 62;
        for (long target : new long[] {Long.MAX_VALUE, Long.MAX_VALUE - 1_000_000, ceiling + 1, -1, Long.MIN_VALUE}) {
            assertFails(ErrorCode.TIMESTAMP_OUT_OF_RANGE, () -> oracle.fastForward(target));
        }
        assertThat(oracle.freshTimestamp()).isEqualTo(1);

        restartOracle();
        assertThat(oracle.freshTimestamp()).isLessThanOrEqualTo(1_000_001);
    }

    @Test
    void fastForward_toTheCeiling_doesNotPoison() throws Exception {
        long ceiling = 1L << 62;
        oracle.fastForward(ceiling);
        assertThat(oracle.freshTimestamps(10_000)).isEqualTo(new TimestampRange(ceiling + 1, ceiling + 10_000));

        restartOracle();
        assertThat(oracle.freshTimestamps(10_000).size()).isEqualTo(10_000);
        for (int i = 0; i < 250; i++) {
            oracle.freshTimestamps(10_000);
        }
        assertThat(oracle.freshTimestamp()).isGreaterThan(ceiling + 2_500_000);
    }

    @Test
    void fastForward_aroundTheBound_neverIssuesBelow() {
        // The first window ends at 1,000,000: one below, on it, and one above.
        oracle.freshTimestamp();
        for (long target : new long[] {999_999, 1_000_000, 1_000_001, 2_000_001, 2_000_002, 3_000_003}) {
            oracle.fastForward(target);
            assertThat(oracle.freshTimestamp()).isEqualTo(target + 1);
        }
    }

    @Test
    void lockImmutableTimestamp_first_holdsAFreshTimestamp() {
        long before = oracle.freshTimestamp();
        LeaseToken token = token(1);

        long immutable = oracle.lockImmutableTimestamp(token).immutableTimestamp();

        assertThat(immutable).isEqualTo(before + 1);
        oracle.freshTimestamp();
        assertThat(oracle.immutableTimestamp()).isEqualTo(immutable);
    }

    @Test
    void lockImmutableTimestamp_second_getsTheLeastOfBoth() {
        long first = oracle.lockImmutableTimestamp(token(1)).immutableTimestamp();

        assertThat(oracle.lockImmutableTimestamp(token(2)).immutableTimestamp()).isEqualTo(first);
        oracle.unlock(Set.of(token(1)));

        assertThat(oracle.immutableTimestamp()).isEqualTo(first + 1);
    }

    @Test
    void lockImmutableTimestamp_sameTokenAgain_isTheSameLease() {
        long first = oracle.lockImmutableTimestamp(token(1)).immutableTimestamp();

        assertThat(oracle.lockImmutableTimestamp(token(1)).immutableTimestamp()).isEqualTo(first);
        assertThat(oracle.unlock(Set.of(token(1)))).containsExactly(token(1));

        assertThat(oracle.immutableTimestamp()).isGreaterThan(first);
    }

    @Test
    void lockImmutableTimestamp_tokenThatWasUnlocked_isANewLease() {
        long first = oracle.lockImmutableTimestamp(token(1)).immutableTimestamp();
        oracle.unlock(Set.of(token(1)));

        assertThat(oracle.lockImmutableTimestamp(token(1)).immutableTimestamp()).isGreaterThan(first);
    }

    @Test
    void immutableTimestamp_noLease_isFresh() {
        long first = oracle.immutableTimestamp();

        assertThat(oracle.immutableTimestamp()).isEqualTo(first + 1);
        assertThat(oracle.freshTimestamp()).isEqualTo(first + 2);
    }

    @Test
    void refresh_severalTokens_returnsThoseAlive() {
        oracle.lockImmutableTimestamp(token(1));
        oracle.lockImmutableTimestamp(token(2));

        assertThat(oracle.refresh(Set.of(token(1), token(2), token(3)))).containsExactlyInAnyOrder(token(1), token(2));
        assertThat(oracle.refresh(Set.of())).isEmpty();
    }

    @Test
    void refresh_beforeTheEnd_keepsTheLeaseForAnotherDuration() {
        oracle.lockImmutableTimestamp(token(1));
        for (int i = 0; i < 5; i++) {
            advance(LEASE_DURATION.minus(ONE_NANO));
            assertThat(oracle.refresh(Set.of(token(1)))).containsExactly(token(1));
        }

        assertThat(oracle.unlock(Set.of(token(1)))).containsExactly(token(1));
    }

    @Test
    void refresh_atTheEnd_findsTheLeaseLost() {
        long immutable = oracle.lockImmutableTimestamp(token(1)).immutableTimestamp();
        advance(LEASE_DURATION);

        assertThat(oracle.refresh(Set.of(token(1)))).isEmpty();
        assertThat(oracle.unlock(Set.of(token(1)))).isEmpty();
        assertThat(oracle.immutableTimestamp()).isGreaterThan(immutable);
    }

    @Test
    void refresh_oneOfTwo_letsTheOtherEnd() {
        long first = oracle.lockImmutableTimestamp(token(1)).immutableTimestamp();
        oracle.lockImmutableTimestamp(token(2));
        advance(LEASE_DURATION.dividedBy(2));
        oracle.refresh(Set.of(token(2)));
        advance(LEASE_DURATION.dividedBy(2));

        assertThat(oracle.immutableTimestamp()).isEqualTo(first + 1);
        assertThat(oracle.unlock(Set.of(token(1), token(2)))).containsExactly(token(2));
    }

    @Test
    void unlock_twice_reportsItOnce() {
        oracle.lockImmutableTimestamp(token(1));

        assertThat(oracle.unlock(Set.of(token(1)))).containsExactly(token(1));
        assertThat(oracle.unlock(Set.of(token(1)))).isEmpty();
    }

    @Test
    void restart_liveLeases_areLost() throws Exception {
        oracle.lockImmutableTimestamp(token(1));
        restartOracle();

        assertThat(oracle.refresh(Set.of(token(1)))).isEmpty();
        assertThat(oracle.unlock(Set.of(token(1)))).isEmpty();
        assertFails(ErrorCode.LEASE_LOST, () -> oracle.commitTimestamp(token(1)));
    }

    @Test
    void commitTimestamp_liveLease_isFreshAndUnsettledUntilItEnds() {
        oracle.lockImmutableTimestamp(token(1));
        long before = oracle.freshTimestamp();
        long commit = oracle.commitTimestamp(token(1));
        long after = oracle.freshTimestamp();

        assertThat(commit).isGreaterThan(before).isLessThan(after);
        assertThat(oracle.isSettled(before)).isTrue();
        assertThat(oracle.isSettled(commit)).isFalse();
        assertThat(oracle.isSettled(after)).isFalse();

        oracle.unlock(Set.of(token(1)));
        assertThat(oracle.isSettled(after)).isTrue();
    }

    @Test
    void commitTimestamp_twice_isUnsettledFromTheFirst() {
        oracle.lockImmutableTimestamp(token(1));
        long first = oracle.commitTimestamp(token(1));
        long second = oracle.commitTimestamp(token(1));

        assertThat(second).isGreaterThan(first);
        assertThat(oracle.isSettled(first)).isFalse();
        assertThat(oracle.isSettled(first - 1)).isTrue();
    }

    @Test
    void commitTimestamp_leaseRunsOut_isSettledOnlyThen() {
        oracle.lockImmutableTimestamp(token(1));
        long commit = oracle.commitTimestamp(token(1));
        advance(LEASE_DURATION.minus(ONE_NANO));
        assertThat(oracle.isSettled(commit)).isFalse();

        advance(ONE_NANO);
        assertThat(oracle.isSettled(commit)).isTrue();
        assertFails(ErrorCode.LEASE_LOST, () -> oracle.commitTimestamp(token(1)));
    }

    @Test
    void commitTimestamp_noLease_isLost() {
        assertFails(ErrorCode.LEASE_LOST, () -> oracle.commitTimestamp(token(1)));
    }

    @Test
    void isSettled_timestampThatWasNotIssued_isNot() {
        long last = oracle.freshTimestamp();

        assertThat(oracle.isSettled(last)).isTrue();
        assertThat(oracle.isSettled(last + 1)).isFalse();
    }

    @Test
    void fence_up_refusesEverythingButFastForward() {
        oracle.lockImmutableTimestamp(token(1));
        oracle.fence("restore-7");

        assertFenced(() -> oracle.freshTimestamp());
        assertFenced(() -> oracle.freshTimestamps(5));
        assertFenced(() -> oracle.lockImmutableTimestamp(token(2)));
        assertFenced(() -> oracle.commitTimestamp(token(1)));
        assertFenced(() -> oracle.refresh(Set.of(token(1))));
        assertFenced(() -> oracle.unlock(Set.of(token(1))));
        assertFenced(() -> oracle.immutableTimestamp());
        assertFenced(() -> oracle.isSettled(1));
        assertThat(oracle.currentFence()).contains("restore-7");
        assertThat(oracle.leaseDurationMillis()).isPositive();
        oracle.fastForward(10_000_000);
        oracle.unfence("restore-7");

        assertThat(oracle.freshTimestamp()).isEqualTo(10_000_001);
        assertThat(oracle.currentFence()).isEmpty();
    }

    @Test
    void fence_lifted_leavesNoLeaseAlive() {
        long immutable = oracle.lockImmutableTimestamp(token(1)).immutableTimestamp();
        long commit = oracle.commitTimestamp(token(1));
        oracle.fence("r-1");
        oracle.unfence("r-1");

        assertFails(ErrorCode.LEASE_LOST, () -> oracle.commitTimestamp(token(1)));
        assertThat(oracle.unlock(Set.of(token(1)))).isEmpty();
        assertThat(oracle.isSettled(commit)).isTrue();
        assertThat(oracle.immutableTimestamp()).isGreaterThan(immutable);
    }

    /** Whoever cleans behind the fence must reach every transaction that can have started before it. */
    @Test
    void fence_returnsALimitOfWhatWasIssued_alsoTheSecondTime() throws Exception {
        long last = oracle.freshTimestamp();
        assertThat(oracle.fence("r-1")).isGreaterThanOrEqualTo(last);
        assertThat(oracle.fence("r-1")).isGreaterThanOrEqualTo(last);
        restartOracle();
        assertThat(oracle.fence("r-1")).isGreaterThanOrEqualTo(last);
        oracle.unfence("r-1");
        assertThat(oracle.freshTimestamp()).isGreaterThan(last);
    }

    @Test
    void fence_restart_staysUp() throws Exception {
        oracle.fence("r-1");
        restartOracle();

        assertFenced(() -> oracle.freshTimestamp());
        assertThat(oracle.currentFence()).contains("r-1");
        oracle.unfence("r-1");
        restartOracle();

        assertThat(oracle.currentFence()).isEmpty();
        assertThat(oracle.freshTimestamp()).isPositive();
    }

    @Test
    void fence_sameIdAgain_doesNothing() {
        oracle.fence("r-1");
        oracle.fence("r-1");
        oracle.unfence("r-1");
        oracle.unfence("r-1");

        assertThat(oracle.currentFence()).isEmpty();
    }

    @Test
    void fence_otherId_conflicts() {
        oracle.fence("r-1");

        assertFails(ErrorCode.FENCE_CONFLICT, () -> oracle.fence("r-2"));
        assertFails(ErrorCode.FENCE_CONFLICT, () -> oracle.unfence("r-2"));
        assertThat(oracle.currentFence()).contains("r-1");
    }

    @Test
    void fence_impossibleId_isRefused() {
        for (String id : new String[] {"", " ", "a b", "x".repeat(101), "a\nb"}) {
            assertFails(ErrorCode.INVALID_INPUT, () -> oracle.fence(id));
        }
        assertThat(oracle.currentFence()).isEmpty();
    }

    @Test
    void leaseDurationMillis_isThatOfTheOracle() {
        assertThat(oracle.leaseDurationMillis()).isEqualTo(LEASE_DURATION.toMillis());
    }

    @Test
    void timeIndex_nothingIssued_isEmpty() {
        time.advance(Duration.ofSeconds(10));

        assertThat(oracle.timeIndex()).isEmpty();
        assertThat(oracle.timeIndex(0, 1)).isEmpty();
    }

    @Test
    void timeIndex_issuedNowAndThen_hasOnePointForEachSecondInWhichSomethingWas() {
        Instant start = time.instant();
        oracle.freshTimestamps(10);
        time.advance(Duration.ofMillis(600));
        oracle.freshTimestamps(10);
        time.advance(Duration.ofSeconds(60));
        oracle.freshTimestamp();
        time.advance(Duration.ofSeconds(1));

        assertThat(oracle.timeIndex())
                .containsExactly(new IssuedPoint(start.plusSeconds(1), 20), new IssuedPoint(start.plusSeconds(61), 21));
    }

    @Test
    void timeIndex_pageByPage_isAscendingAndComplete() {
        List<IssuedPoint> expected = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            long issued = oracle.freshTimestamp();
            time.advance(Duration.ofSeconds(1));
            expected.add(new IssuedPoint(time.instant(), issued));
        }

        assertThat(oracle.timeIndex(0, 4)).isEqualTo(expected.subList(0, 4));
        assertThat(oracle.timeIndex(4, 4)).isEqualTo(expected.subList(4, 8));
        assertThat(oracle.timeIndex(8, 4)).isEqualTo(expected.subList(8, 10));
        assertThat(oracle.timeIndex(10, 4)).isEmpty();
        assertThat(oracle.timeIndex(-5, Integer.MAX_VALUE)).isEqualTo(expected);
        assertThat(oracle.timeIndex()).isEqualTo(expected);
    }

    @Test
    void timeIndex_lessThanOnePoint_isRefused() {
        for (int count : new int[] {0, -1, Integer.MIN_VALUE}) {
            assertFails(ErrorCode.INVALID_INPUT, () -> oracle.timeIndex(0, count));
        }
    }

    @Test
    void timeIndex_fenced_isAnsweredAndHasThePointOfTheFastForward() {
        oracle.freshTimestamp();
        time.advance(Duration.ofSeconds(1));
        oracle.fence("r-1");
        oracle.fastForward(500);
        time.advance(Duration.ofSeconds(5));

        assertThat(oracle.timeIndex()).extracting(IssuedPoint::timestamp).containsExactly(1L, 500L);
    }

    @Test
    void timeIndex_restart_keepsItsPointsAndGoesOnAboveThem() throws Exception {
        oracle.freshTimestamps(10);
        time.advance(Duration.ofMillis(300));
        restartOracle();
        Instant closed = time.instant();
        time.advance(Duration.ofHours(1));
        long issued = oracle.freshTimestamp();
        time.advance(Duration.ofSeconds(1));

        List<IssuedPoint> points = oracle.timeIndex();
        assertThat(points.get(0)).isEqualTo(new IssuedPoint(closed, 10));
        assertThat(points.get(points.size() - 1)).isEqualTo(new IssuedPoint(time.instant(), issued));
        assertThat(points).hasSizeLessThanOrEqualTo(3);
    }

    private void restartOracle() throws Exception {
        client.close();
        client = restart(time);
        oracle = client.namespace("orders");
    }

    private void advance(Duration duration) {
        time.advance(duration);
    }

    private static LeaseToken token(int number) {
        return new LeaseToken(new UUID(0, number));
    }

    private static void assertFenced(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(TimestampException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.NAMESPACE_FENCED);
            assertThat(e.getMessage()).containsPattern("'r(estore)?-\\d'");
        });
    }

    private static void assertFails(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(TimestampException.class, e -> assertThat(e.code())
                .isEqualTo(code));
    }
}

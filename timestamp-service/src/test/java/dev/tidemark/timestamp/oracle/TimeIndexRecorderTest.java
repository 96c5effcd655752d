package dev.tidemark.timestamp.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.IssuedPoint;
import dev.tidemark.timestamp.ManualTime;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.bound.BoundState;
import dev.tidemark.timestamp.bound.InMemoryBoundStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class TimeIndexRecorderTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private final ManualTime time = new ManualTime();
    private InMemoryBoundStore store = new InMemoryBoundStore();
    private TimestampOracles oracles = new TimestampOracles(store, OracleSettings.defaults(), time.seams());
    private TimestampOracle oracle = oracles.create("orders");

    @Test
    void record_clockGoesBack_neverTakesTheIndexBack() {
        oracle.freshTimestamp();
        time.advance(SECOND);
        Instant before = time.instant();
        time.setInstant(before.minus(Duration.ofHours(1)));
        for (int i = 0; i < 3; i++) {
            oracle.freshTimestamp();
            time.advance(SECOND);
        }
        time.setInstant(before.plusSeconds(10));
        oracle.freshTimestamp();
        time.advance(SECOND);

        assertThat(oracle.timeIndex())
                .containsExactly(
                        new IssuedPoint(before, 1),
                        new IssuedPoint(before, 2),
                        new IssuedPoint(before, 3),
                        new IssuedPoint(before, 4),
                        new IssuedPoint(before.plusSeconds(11), 5));
    }

    @Test
    void record_clockJumpsAhead_isBelieved() {
        oracle.freshTimestamp();
        time.setInstant(time.instant().plus(Duration.ofDays(42)));
        time.advance(SECOND);

        assertThat(oracle.timeIndex()).containsExactly(new IssuedPoint(time.instant(), 1));
    }

    @Test
    void record_clockOutOfRange_recordsWhenItIsRightAgain() {
        Instant right = time.instant();
        oracle.freshTimestamp();
        for (Instant wrong : List.of(Instant.MIN, Instant.EPOCH.minusSeconds(5), Instant.MAX.minusSeconds(100_000))) {
            time.setInstant(wrong);
            time.advance(SECOND);
            assertThat(oracle.timeIndex()).isEmpty();
        }
        time.setInstant(right);
        time.advance(SECOND);

        assertThat(oracle.timeIndex()).containsExactly(new IssuedPoint(time.instant(), 1));
    }

    @Test
    void record_storeFails_issuingGoesOnAndTheNextPointCoversIt() {
        store.failNextPoint(new TimestampException(ErrorCode.DISK_FULL, "no space left on the device", ""));
        store.failNextPoint(new TimestampException(ErrorCode.DISK_FULL, "no space left on the device", ""));
        oracle.freshTimestamp();
        time.advance(SECOND);
        assertThat(oracle.timeIndex()).isEmpty();
        assertThat(oracle.freshTimestamp()).isEqualTo(2);

        time.advance(Duration.ofSeconds(2));

        assertThat(oracle.timeIndex()).containsExactly(new IssuedPoint(time.instant(), 2));
        oracles.checkHealth();
    }

    @Test
    void record_issuingHasStopped_addsNothing() {
        oracle.freshTimestamp();
        time.advance(SECOND);
        store.failNext(new TimestampException(ErrorCode.DISK_FULL, "no space left on the device", ""));
        oracle.freshTimestamps(10);
        assertThat(fails(() -> oracle.fastForward(5_000_000))).isTrue();
        time.advance(Duration.ofSeconds(5));

        assertThat(oracle.timeIndex()).extracting(IssuedPoint::timestamp).containsExactly(1L);
    }

    @Test
    void close_beforeTheNextPointIsDue_addsTheLastOne() {
        oracle.freshTimestamps(7);
        time.advance(Duration.ofMillis(10));
        restart();
        oracles.close();
        oracles.close();

        assertThat(store.reopened().points("orders", 0, 10)).containsExactly(new IssuedPoint(time.instant(), 7));
    }

    @Test
    void restart_afterAKill_firstPointCoversWhatTheKilledProcessMayHaveIssued() {
        oracle.freshTimestamps(10);
        time.advance(SECOND);
        Instant known = time.instant();
        oracle.freshTimestamps(1000);
        kill();
        time.advance(Duration.ofMinutes(10));
        oracle = oracles.get("orders");
        time.advance(SECOND);
        assertThat(oracle.timeIndex()).as("nobody has asked for anything").containsExactly(new IssuedPoint(known, 10));
        oracle.freshTimestamp();
        time.advance(SECOND);

        assertThat(oracle.timeIndex())
                .containsExactly(new IssuedPoint(known, 10), new IssuedPoint(time.instant(), 1_000_001));
        kill();
        oracle = oracles.get("orders");
        time.advance(Duration.ofSeconds(10));
        assertThat(oracle.timeIndex()).as("nothing was issued since").hasSize(2);
    }

    @Test
    void restart_boundBelowTheLastPoint_waitsUntilThatIsPassed() {
        store.create("stock");
        store.addPoint("stock", new IssuedPoint(time.instant(), 5_000));
        store.compareAndSet("stock", BoundState.INITIAL, new BoundState(0, 3_000, ""));
        TimestampOracle stock = oracles.get("stock");
        stock.freshTimestamp();
        time.advance(SECOND);
        assertThat(stock.timeIndex()).hasSize(1);

        stock.fastForward(6_000);
        time.advance(SECOND);

        assertThat(stock.timeIndex()).extracting(IssuedPoint::timestamp).containsExactly(5_000L, 6_000L);
    }

    @Test
    void record_otherInterval_isRespected() {
        oracles.close();
        store = store.reopened();
        OracleSettings settings = OracleSettings.defaults().withTimeIndexInterval(Duration.ofMinutes(1));
        oracle = new TimestampOracles(store, settings, time.seams()).get("orders");
        for (int i = 0; i < 180; i++) {
            oracle.freshTimestamp();
            time.advance(SECOND);
        }

        assertThat(oracle.timeIndex()).extracting(IssuedPoint::timestamp).containsExactly(60L, 120L, 180L);
    }

    @Test
    void record_oraclesWithoutWallClock_addNothing() {
        oracles.close();
        store = store.reopened();
        TimestampOracles scratch = new TimestampOracles(store, OracleSettings.defaults(), time);
        scratch.get("orders").freshTimestamp();
        time.advance(SECOND);
        List<IssuedPoint> points = scratch.get("orders").timeIndex();
        scratch.close();

        assertThat(points).isEmpty();
        assertThat(store.reopened().points("orders", 0, 10)).isEmpty();
    }

    @Test
    void settings_intervalOutOfRange_isRefused() {
        for (Duration interval : List.of(Duration.ZERO, Duration.ofMillis(999), Duration.ofMinutes(61))) {
            assertThat(fails(() -> OracleSettings.defaults().withTimeIndexInterval(interval)))
                    .isTrue();
        }
    }

    /** What every point promises, checked against threads that note the time before and after each timestamp. */
    @Test
    void record_whileThreadsIssue_holdsNothingLaterAndLacksNothingEarlier() throws Exception {
        InstantSource clock = InstantSource.system();
        TimeIndexRecorder recorder = oracle.timeIndexRecorder(clock);
        AtomicBoolean isOver = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(3);
        List<Future<List<Issue>>> results = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            results.add(threads.submit(() -> {
                List<Issue> issues = new ArrayList<>();
                while (!isOver.get() && issues.size() < 100_000) {
                    Instant before = clock.instant();
                    long timestamp = oracle.freshTimestamp();
                    issues.add(new Issue(timestamp, before, clock.instant()));
                }
                return issues;
            }));
        }
        for (int i = 0; i < 20_000 && oracle.timeIndex(0, 200).size() < 200; i++) {
            recorder.record();
        }
        isOver.set(true);
        List<Issue> issues = new ArrayList<>();
        for (Future<List<Issue>> result : results) {
            issues.addAll(result.get());
        }
        threads.shutdown();

        List<IssuedPoint> points = oracle.timeIndex(0, 200);
        assertThat(points).isNotEmpty();
        issues.sort(Comparator.comparingLong(Issue::timestamp));
        int next = 0;
        Instant latestBefore = Instant.MIN;
        for (IssuedPoint point : points) {
            while (next < issues.size() && issues.get(next).timestamp <= point.timestamp()) {
                latestBefore = max(latestBefore, issues.get(next).before);
                next++;
            }
            assertThat(point.instant()).isAfterOrEqualTo(latestBefore);
        }
        Instant earliestAfter = Instant.now().plusSeconds(3600);
        for (int i = points.size() - 1; i >= 0; i--) {
            while (!issues.isEmpty()
                    && issues.get(issues.size() - 1).timestamp > points.get(i).timestamp()) {
                Instant after = issues.remove(issues.size() - 1).after;
                earliestAfter = after.isBefore(earliestAfter) ? after : earliestAfter;
            }
            // Exact but for the time that passes while a clock is read, which an idle machine does in a microsecond.
            assertThat(points.get(i).instant()).isBeforeOrEqualTo(earliestAfter.plusMillis(200));
        }
    }

    private static Instant max(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    private void restart() {
        oracles.close();
        store = store.reopened();
        oracles = new TimestampOracles(store, OracleSettings.defaults(), time.seams());
    }

    /** Ends the process without any farewell. */
    private void kill() {
        time.close();
        store = store.reopened();
        oracles = new TimestampOracles(store, OracleSettings.defaults(), time.seams());
    }

    private static boolean fails(Runnable call) {
        try {
            call.run();
            return false;
        } catch (TimestampException | IllegalArgumentException e) {
            return true;
        }
    }

    private record Issue(long timestamp, Instant before, Instant after) {}
}

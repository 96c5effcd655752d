package dev.tidemark.coordinator.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.manifest.TimePoint;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.IssuedPoint;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TimeIndexTest {
    private static final Instant NOON = Instant.parse("2026-03-04T12:00:00Z");

    @Test
    void atOrBefore_betweenPoints_isTheOneBefore() {
        TimeIndex index = TimeIndex.of(List.of(at(10, 100), at(20, 200), at(30, 300)));

        assertThat(index.atOrBefore(second(10))).isEqualTo(at(10, 100));
        assertThat(index.atOrBefore(second(20).minusNanos(1))).isEqualTo(at(10, 100));
        assertThat(index.atOrBefore(second(20))).isEqualTo(at(20, 200));
        assertThat(index.atOrBefore(second(30))).isEqualTo(at(30, 300));
        assertThat(index.atOrBefore(Instant.MAX)).isEqualTo(at(30, 300));
    }

    @Test
    void atOrBefore_beforeTheFirst_namesTheTimesThatAreKnown() {
        TimeIndex index = TimeIndex.of(List.of(at(10, 100), at(20, 200)));

        for (Instant instant : List.of(second(10).minusNanos(1), Instant.EPOCH, Instant.MIN)) {
            assertThatThrownBy(() -> index.atOrBefore(instant))
                    .isInstanceOfSatisfying(CoordinatorException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.TIMESTAMP_OUT_OF_RANGE);
                        assertThat(e.getMessage()).contains(instant.toString());
                        assertThat(e.hint()).contains("2026-03-04T12:00:10Z").contains("2026-03-04T12:00:20Z");
                    });
        }
    }

    @Test
    void atOrBefore_noPoints_saysThatNoTimeIsKnown() {
        TimeIndex index = TimeIndex.of(List.of());

        assertThat(index.first()).isEmpty();
        assertThat(index.last()).isEmpty();
        assertThat(index.timeOf(1)).isEmpty();
        assertThatThrownBy(() -> index.atOrBefore(NOON)).isInstanceOfSatisfying(CoordinatorException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.TIMESTAMP_OUT_OF_RANGE);
            assertThat(e.hint()).contains("name a timestamp");
        });
    }

    @Test
    void timeOf_anyTimestamp_isTheTimeOfTheFirstPointAtOrAbove() {
        TimeIndex index = TimeIndex.of(List.of(at(10, 100), at(20, 200)));

        assertThat(index.timeOf(1)).contains(second(10));
        assertThat(index.timeOf(100)).contains(second(10));
        assertThat(index.timeOf(101)).contains(second(20));
        assertThat(index.timeOf(200)).contains(second(20));
        assertThat(index.timeOf(201)).isEmpty();
        assertThat(index.first()).contains(at(10, 100));
        assertThat(index.last()).contains(at(20, 200));
    }

    @Test
    void with_pointsOfALiveOracle_areMergedAndTheIndexIsUnchanged() {
        TimeIndex archive = TimeIndex.of(List.of(at(20, 200), at(10, 100)));

        TimeIndex both = archive.with(List.of(
                new IssuedPoint(second(15), 150), new IssuedPoint(second(20), 200), new IssuedPoint(second(25), 250)));

        assertThat(both.points()).containsExactly(at(10, 100), at(15, 150), at(20, 200), at(25, 250));
        assertThat(archive.points()).containsExactly(at(10, 100), at(20, 200));
        assertThat(archive.with(List.of()).points()).isEqualTo(archive.points());
    }

    @Test
    void of_oneTimestampTwice_keepsTheEarlierTime() {
        assertThat(TimeIndex.of(List.of(at(11, 100), at(10, 100), at(12, 100))).points())
                .containsExactly(at(10, 100));
    }

    @Test
    void of_oneInstantTwice_keepsTheGreaterTimestamp() {
        assertThat(TimeIndex.of(List.of(at(10, 101), at(10, 103), at(10, 102))).points())
                .containsExactly(at(10, 103));
    }

    @Test
    void of_oracleThatWasSetUpAnewOnAClockBehind_believesTheNewClock() {
        // The lost oracle's clock was an hour ahead; it was lost when it said 13:01, and replaced at a true 12:02.
        List<TimePoint> old = List.of(at(3500, 10), at(3600, 20), at(3660, 30));
        List<TimePoint> anew = List.of(at(120, 1_000_001), at(180, 1_000_002), at(3600, 1_000_003));
        List<TimePoint> all = new ArrayList<>(old);
        all.addAll(anew);

        TimeIndex index = TimeIndex.of(all);

        assertThat(index.points()).isEqualTo(anew);
        assertThat(index.atOrBefore(second(3599)).timestamp()).isEqualTo(1_000_002);
    }

    @Test
    void of_oracleThatWasSetUpAnewOnAClockAhead_keepsBoth() {
        List<TimePoint> all = List.of(at(10, 10), at(20, 20), at(3630, 1_000_001), at(3640, 1_000_002));

        assertThat(TimeIndex.of(all).points()).isEqualTo(all);
    }

    @Test
    void of_moreThanTheLimit_leavesOutEverySecondAndKeepsTheLast() {
        List<TimePoint> points = new ArrayList<>();
        for (int i = 0; i <= TimeIndex.MAX_POINTS; i++) {
            points.add(at(i, i + 1L));
        }

        TimeIndex index = TimeIndex.of(points);

        assertThat(index.points()).hasSize(TimeIndex.MAX_POINTS / 2 + 1);
        assertThat(index.last()).contains(points.get(points.size() - 1));
        assertThat(index.atOrBefore(second(777)).timestamp()).isBetween(777L, 778L);
    }

    @Test
    void of_anyPoints_risesStrictlyInBothAndFindsTheNewestPointThatIsKnown() {
        for (long seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            List<TimePoint> points = new ArrayList<>();
            int count = random.nextInt(30);
            for (int i = 0; i < count; i++) {
                points.add(at(random.nextInt(40), 1 + random.nextInt(40)));
            }
            Collections.shuffle(points, random);

            TimeIndex index = TimeIndex.of(points);

            for (int i = 1; i < index.points().size(); i++) {
                TimePoint before = index.points().get(i - 1);
                TimePoint point = index.points().get(i);
                assertThat(point.timestamp()).as("seed " + seed).isGreaterThan(before.timestamp());
                assertThat(point.instant()).as("seed " + seed).isAfter(before.instant());
            }
            for (int second = -1; second <= 41; second++) {
                Instant asked = second(second);
                long newest = points.stream()
                        .filter(point -> !point.instant().isAfter(asked))
                        .mapToLong(TimePoint::timestamp)
                        .max()
                        .orElse(0);
                assertThat(timestampAt(index, asked))
                        .as("seed " + seed + ", second " + second)
                        .isEqualTo(newest);
            }
        }
    }

    /** Returns 0 when nothing is known. */
    static long timestampAt(TimeIndex index, Instant instant) {
        try {
            return index.atOrBefore(instant).timestamp();
        } catch (CoordinatorException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.TIMESTAMP_OUT_OF_RANGE);
            return 0;
        }
    }

    private static TimePoint at(long second, long timestamp) {
        return new TimePoint(second(second), timestamp);
    }

    private static Instant second(long second) {
        return NOON.plusSeconds(second);
    }
}

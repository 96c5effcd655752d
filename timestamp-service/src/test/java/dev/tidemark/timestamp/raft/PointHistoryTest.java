package dev.tidemark.timestamp.raft;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.timestamp.IssuedPoint;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class PointHistoryTest {
    private static final long BEGIN = Instant.parse("2026-03-04T00:00:00Z").getEpochSecond();

    private final PointHistory history = new PointHistory();

    @Test
    void add_aPointInEverySecondOfTenDays_keepsAnHourADayAndTheRestByTheHour() {
        int seconds = 10 * 24 * 60 * 60;
        for (int i = 0; i < seconds; i++) {
            history.add(point(i));
            assertThat(history.size()).isLessThan(PointHistory.MAX_POINTS);
        }

        List<IssuedPoint> points = history.after(0, Integer.MAX_VALUE);
        assertThat(points.get(points.size() - 1)).isEqualTo(point(seconds - 1));
        assertThat(points.subList(points.size() - 3600, points.size())).first().isEqualTo(point(seconds - 3600));
        assertThat(largestGapSeconds(points, seconds - 3600)).isEqualTo(1);
        assertThat(largestGapSeconds(points, seconds - 23 * 3600)).isLessThanOrEqualTo(60);
        assertThat(largestGapSeconds(points, 0)).isLessThanOrEqualTo(3600);
        assertThat(points.get(0).timestamp()).isLessThanOrEqualTo(3600);
    }

    @Test
    void add_hoursOfTwoYears_staysWithinItsLimit() {
        for (int i = 0; i < 2 * 366 * 24; i++) {
            history.add(new IssuedPoint(Instant.ofEpochSecond(BEGIN + 3600L * i), i + 1));
        }

        assertThat(history.size()).isLessThan(PointHistory.MAX_POINTS);
        assertThat(history.last().orElseThrow().timestamp()).isEqualTo(2 * 366 * 24);
    }

    @Test
    void add_clockThatStandsStill_keepsTheLast() {
        for (int i = 1; i <= 3 * PointHistory.MAX_POINTS; i++) {
            history.add(new IssuedPoint(Instant.ofEpochSecond(BEGIN), i));
        }

        assertThat(history.last().orElseThrow().timestamp()).isEqualTo(3 * PointHistory.MAX_POINTS);
        assertThat(history.size()).isLessThan(PointHistory.MAX_POINTS);
    }

    @Test
    void after_anyTimestamp_beginsAboveIt() {
        for (int i = 0; i < 100; i++) {
            history.add(point(2 * i));
        }

        for (int timestamp = 0; timestamp < 205; timestamp++) {
            int above = timestamp;
            assertThat(history.after(timestamp, 3)).allMatch(point -> point.timestamp() > above);
            assertThat(history.after(timestamp, 1000)).hasSize((int) history.after(0, 1000).stream()
                    .filter(point -> point.timestamp() > above)
                    .count());
        }
    }

    private static long largestGapSeconds(List<IssuedPoint> points, long fromSecond) {
        long largest = 0;
        for (int i = 1; i < points.size(); i++) {
            if (points.get(i - 1).instant().getEpochSecond() >= BEGIN + fromSecond) {
                largest = Math.max(
                        largest,
                        points.get(i).instant().getEpochSecond()
                                - points.get(i - 1).instant().getEpochSecond());
            }
        }
        return largest;
    }

    private static IssuedPoint point(long second) {
        return new IssuedPoint(Instant.ofEpochSecond(BEGIN + second), second + 1);
    }
}

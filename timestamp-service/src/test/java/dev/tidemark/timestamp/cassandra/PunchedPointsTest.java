package dev.tidemark.timestamp.cassandra;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.kvs.cassandra.cql.CassandraPunch.Punch;
import dev.tidemark.timestamp.IssuedPoint;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PunchedPointsTest {
    private static final Instant BEGIN = Instant.parse("2026-03-04T00:00:00Z");

    @Test
    void of_punchesThatAgree_keepsAll() {
        assertThat(timestamps(punch(0, 5), punch(60, 6), punch(60, 9), punch(120, 10)))
                .containsExactly(5L, 6L, 9L, 10L);
        assertThat(PunchedPoints.of(List.of(), Long.MAX_VALUE)).isEmpty();
    }

    @Test
    void of_onePunch_isItsPoint() {
        assertThat(PunchedPoints.of(List.of(punch(60, 6)), Long.MAX_VALUE))
                .containsExactly(new IssuedPoint(BEGIN.plusSeconds(60), 6));
    }

    @Test
    void of_sameTimestampTwice_keepsOne() {
        assertThat(timestamps(punch(0, 5), punch(60, 5), punch(120, 6))).containsExactly(5L, 6L);
    }

    @Test
    void of_clientWhoseClockIsBehind_losesItsOwnPunchesAlone() {
        assertThat(timestamps(punch(0, 1), punch(1, 5_000), punch(60, 1_000), punch(120, 2_000), punch(180, 6_000)))
                .containsExactly(1L, 1_000L, 2_000L, 6_000L);
    }

    @Test
    void of_clientWhoseClockIsAhead_losesItsOwnPunchesAlone() {
        assertThat(timestamps(
                        punch(0, 1), punch(60, 10), punch(120, 20), punch(180, 25), punch(999, 11), punch(1_000, 30)))
                .containsExactly(1L, 10L, 20L, 25L, 30L);
    }

    @Test
    void of_whatWasNeverIssued_isLeftOut() {
        Punch early = new Punch(Instant.EPOCH.minusSeconds(1), 1);
        Punch late = new Punch(Instant.parse("+10000-01-01T00:00:00Z"), 9);

        assertThat(PunchedPoints.of(List.of(early, punch(0, 0), punch(1, 4), punch(2, 5), punch(3, 6), late), 5))
                .extracting(IssuedPoint::timestamp)
                .containsExactly(4L, 5L);
    }

    @Test
    void of_anyPunches_followEachOtherAndAreAsManyAsCanBe() {
        Random random = new Random(20260405);
        for (int round = 0; round < 200; round++) {
            List<Punch> punches = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                punches.add(punch(random.nextInt(10), 1 + random.nextInt(10)));
            }
            punches.sort(null);

            List<IssuedPoint> points = PunchedPoints.of(punches, Long.MAX_VALUE);

            for (int i = 1; i < points.size(); i++) {
                assertThat(points.get(i).follows(points.get(i - 1))).isTrue();
            }
            assertThat(points).hasSize(mostByTrying(punches));
        }
    }

    private static int mostByTrying(List<Punch> punches) {
        int most = 0;
        for (int chosen = 0; chosen < 1 << punches.size(); chosen++) {
            long last = 0;
            boolean isIncreasing = true;
            for (int i = 0; i < punches.size(); i++) {
                if ((chosen & 1 << i) != 0) {
                    isIncreasing &= punches.get(i).timestamp() > last;
                    last = punches.get(i).timestamp();
                }
            }
            most = isIncreasing ? Math.max(most, Integer.bitCount(chosen)) : most;
        }
        return most;
    }

    private static LongStream timestamps(Punch... punches) {
        return PunchedPoints.of(List.of(punches), Long.MAX_VALUE).stream().mapToLong(IssuedPoint::timestamp);
    }

    private static Punch punch(long second, long timestamp) {
        return new Punch(BEGIN.plusSeconds(second), timestamp);
    }
}

package dev.tidemark.timestamp.bound;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.timestamp.IssuedPoint;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TimeIndexLevelsTest {
    private static final int FINE = TimeIndexLevels.FINE_POINTS;

    @Test
    void thin_noMoreThanTheFineLevelHolds_keepsAll() {
        List<IssuedPoint> points = everySecond(FINE);

        assertThat(TimeIndexLevels.thin(points)).isEqualTo(points);
        assertThat(TimeIndexLevels.thin(List.of())).isEmpty();
    }

    @Test
    void thin_olderThanTheFineLevel_keepsTheLastOfEachMinute() {
        List<IssuedPoint> points = everySecond(FINE + 600);

        List<IssuedPoint> kept = TimeIndexLevels.thin(points);

        assertThat(kept).hasSize(FINE + 10);
        assertThat(kept.subList(10, kept.size())).isEqualTo(points.subList(600, points.size()));
        assertThat(kept.subList(0, 10))
                .extracting(point -> point.instant().getEpochSecond() % 60)
                .containsOnly(59L);
    }

    @Test
    void thin_moreThanAllLevelsHold_isBoundedAndDropsTheOldest() {
        List<IssuedPoint> points = new ArrayList<>();
        for (long hour = 0; hour < TimeIndexLevels.MAX_POINTS + 1000L; hour++) {
            points.add(BoundStoreContract.point(hour * 3600, hour + 1));
        }

        assertThat(TimeIndexLevels.thin(points)).isEqualTo(points.subList(1000, points.size()));
    }

    @Test
    void thin_clockThatStoodStill_keepsTheLastPointOfAnInstant() {
        List<IssuedPoint> points = List.of(
                BoundStoreContract.point(1, 1),
                BoundStoreContract.point(5, 2),
                BoundStoreContract.point(5, 3),
                BoundStoreContract.point(5, 4),
                BoundStoreContract.point(6, 5));

        assertThat(TimeIndexLevels.thin(points)).isEqualTo(List.of(points.get(0), points.get(3), points.get(4)));
    }

    @Test
    void thin_clockThatJumpedAheadOnce_keepsTheFinePointsFromBefore() {
        List<IssuedPoint> points = everySecond(FINE - 1);
        points.add(BoundStoreContract.point(365L * 24 * 3600, FINE + 1L));

        assertThat(TimeIndexLevels.thin(points)).isEqualTo(points);
    }

    @Test
    void thin_again_changesNothing() {
        long seed = 20260304;
        Random random = new Random(seed);
        List<IssuedPoint> points = new ArrayList<>();
        long second = 0;
        for (int i = 0; i < 400_000; i++) {
            second += random.nextInt(4) * (random.nextInt(1000) == 0 ? 5000L : 1L);
            points.add(BoundStoreContract.point(second, i + 1));
        }

        List<IssuedPoint> once = TimeIndexLevels.thin(points);

        assertThat(TimeIndexLevels.thin(once)).as("seed " + seed).isEqualTo(once);
        assertThat(once).hasSizeLessThanOrEqualTo(TimeIndexLevels.MAX_POINTS);
        assertThat(once.get(once.size() - 1)).isEqualTo(points.get(points.size() - 1));
        Set<IssuedPoint> all = new HashSet<>(points);
        assertThat(all.containsAll(once)).isTrue();
    }

    private static List<IssuedPoint> everySecond(int count) {
        List<IssuedPoint> points = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            points.add(BoundStoreContract.point(i, i + 1L));
        }
        return points;
    }
}

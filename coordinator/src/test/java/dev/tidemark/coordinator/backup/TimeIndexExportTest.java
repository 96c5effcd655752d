package dev.tidemark.coordinator.backup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.archive.manifest.TimePoint;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimeIndexExportTest {
    @Test
    void thin_noMoreThanTheLimit_keepsAll() {
        assertThat(TimeIndexExport.thin(points(10), 10)).isEqualTo(points(10));
        assertThat(TimeIndexExport.thin(points(0), 0)).isEmpty();
    }

    @Test
    void thin_moreThanTheLimit_keepsTheNewestAndEvenSteps() {
        List<TimePoint> points = points(10);

        assertThat(TimeIndexExport.thin(points, 9))
                .extracting(TimePoint::timestamp)
                .containsExactly(2L, 4L, 6L, 8L, 10L);
        assertThat(TimeIndexExport.thin(points, 4))
                .extracting(TimePoint::timestamp)
                .containsExactly(1L, 4L, 7L, 10L);
        assertThat(TimeIndexExport.thin(points, 1))
                .extracting(TimePoint::timestamp)
                .containsExactly(10L);
        assertThat(TimeIndexExport.thin(points, 0)).isEmpty();
    }

    @Test
    void thin_anyNumber_isNeverMoreThanTheLimitAndAtLeastHalfOfIt() {
        for (int count = 1; count <= 200; count++) {
            for (int max = 1; max <= count; max++) {
                assertThat(TimeIndexExport.thin(points(count), max)).hasSizeBetween((max + 1) / 2, max);
            }
        }
    }

    private static List<TimePoint> points(int count) {
        List<TimePoint> points = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            points.add(new TimePoint(Instant.EPOCH.plusSeconds(i), i));
        }
        return points;
    }
}

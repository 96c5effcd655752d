package dev.tidemark.cli.bench.timestamp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LatencyHistogramTest {
    @ParameterizedTest
    @ValueSource(longs = {1, 31, 32, 63, 64, 65, 1_000, 999_999, 1_000_000_000, 3_600_000_000_000L, Long.MAX_VALUE})
    void percentile_ofOneDuration_isNotLessAndHardlyMore(long nanos) {
        LatencyHistogram histogram = new LatencyHistogram();
        histogram.add(nanos);

        assertThat(histogram.percentileNanos(0.5)).isGreaterThanOrEqualTo(nanos);
        assertThat((double) histogram.percentileNanos(0.5)).isCloseTo((double) nanos, within(nanos / 31.0));
    }

    @Test
    void percentile_ofMany_isThatOfTheSortedDurations() {
        LatencyHistogram one = new LatencyHistogram();
        LatencyHistogram other = new LatencyHistogram();
        Random random = new Random(7);
        long[] all = LongStream.range(0, 10_000)
                .map(i -> 1 + (long) Math.exp(random.nextDouble() * 20))
                .toArray();
        for (int i = 0; i < all.length; i++) {
            (i % 2 == 0 ? one : other).add(all[i]);
        }
        one.addAll(other);
        Arrays.sort(all);

        assertThat(one.count()).isEqualTo(all.length);
        for (double part : new double[] {0.01, 0.5, 0.9, 0.99, 1}) {
            long exact = all[(int) Math.ceil(part * all.length) - 1];
            assertThat((double) one.percentileNanos(part))
                    .as("%s", part)
                    .isCloseTo((double) exact, within(1 + exact / 31.0));
        }
    }

    @Test
    void percentile_ofNothing_isTheLeast() {
        assertThat(new LatencyHistogram().percentileNanos(0.99)).isEqualTo(1);
    }
}

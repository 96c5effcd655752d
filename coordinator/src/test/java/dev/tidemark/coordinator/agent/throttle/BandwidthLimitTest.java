package dev.tidemark.coordinator.agent.throttle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.operation.VirtualTime;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BandwidthLimitTest {
    private static final long MEBIBYTE = 1 << 20;
    private static final Runnable ALLOWED = () -> {};

    private final VirtualTime time = new VirtualTime();

    @ParameterizedTest
    @ValueSource(ints = {1_000, 64 << 10, 3 << 20})
    void take_readsOfAnySize_holdTheRate(int bytesPerRead) {
        BandwidthLimit limit = new BandwidthLimit(MEBIBYTE, time, time);
        long from = time.nanoTime();

        long taken = 0;
        while (taken < 30 * MEBIBYTE) {
            limit.take(bytesPerRead, ALLOWED);
            taken += bytesPerRead;
        }

        double seconds = (time.nanoTime() - from) / 1e9;
        assertThat(taken / seconds / MEBIBYTE).isBetween(0.99, 1.02);
    }

    @Test
    void take_afterAPause_hasNoMoreThanAFullBucket() {
        BandwidthLimit limit = new BandwidthLimit(MEBIBYTE, time, time);
        time.advance(Duration.ofHours(1));
        long from = time.nanoTime();

        limit.take((int) (2 * MEBIBYTE), ALLOWED);

        assertThat(Duration.ofNanos(time.nanoTime() - from)).isEqualTo(Duration.ofMillis(1_750));
    }

    @Test
    void take_whatFitsIntoTheBucket_doesNotWait() {
        BandwidthLimit limit = new BandwidthLimit(MEBIBYTE, time, time);
        long from = time.nanoTime();

        limit.take(200_000, ALLOWED);

        assertThat(time.nanoTime()).isEqualTo(from);
    }

    @Test
    void take_permissionEnds_stopsWaiting() {
        BandwidthLimit limit = new BandwidthLimit(BandwidthLimit.MIN_BYTES_PER_SECOND, time, time);
        AtomicInteger asked = new AtomicInteger();
        long from = time.nanoTime();

        assertThatThrownBy(() -> limit.take(1 << 30, () -> {
                    if (asked.incrementAndGet() == 3) {
                        throw new IllegalStateException("stopped");
                    }
                }))
                .hasMessage("stopped");
        assertThat(Duration.ofNanos(time.nanoTime() - from)).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void create_limitThatIsTooSmall_isRefused() {
        assertThatThrownBy(() -> new BandwidthLimit(65_535, time, time))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("65535");
    }
}

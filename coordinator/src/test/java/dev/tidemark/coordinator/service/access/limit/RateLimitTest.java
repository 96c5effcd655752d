package dev.tidemark.coordinator.service.access.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.service.FakeTime;
import dev.tidemark.coordinator.service.problem.ProblemException;
import dev.tidemark.kvs.ErrorCode;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateLimitTest {
    private final FakeTime time = new FakeTime();
    private final RateLimit limit = new RateLimit(RateLimitConfiguration.DEFAULT, time);

    @Test
    void take_afterAPause_letsABurstThroughAndNoMore() {
        limit.take("a");
        time.advance(Duration.ofHours(1));

        assertThat(taken("a", 1000)).isEqualTo(100);
        assertThat(taken("b", 1000)).as("another caller").isEqualTo(100);
    }

    @Test
    void take_inTheLongRun_letsTheRateThrough() {
        taken("a", 1000);
        int taken = 0;
        for (int i = 0; i < 1000; i++) {
            time.advance(Duration.ofMillis(10));
            taken += taken("a", 3);
        }

        assertThat(taken).isBetween(499, 500);
    }

    @Test
    void take_fromAnEmptyBucket_saysHowLongToWait() {
        RateLimit slow = new RateLimit(new RateLimitConfiguration(1, 3), time);
        for (int i = 0; i < 3; i++) {
            slow.take("a");
        }

        assertThatThrownBy(() -> slow.take("a")).isInstanceOfSatisfying(ProblemException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCode.TOO_MANY_REQUESTS);
            assertThat(e.headers()).containsEntry("Retry-After", "1");
        });
        time.advance(Duration.ofSeconds(1));
        slow.take("a");
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 0", "-1, 1", "100001, 1", "1, 100001"})
    void configuration_outOfRange_isRefused(int requestsPerSecond, int burst) {
        assertThatThrownBy(() -> new RateLimitConfiguration(requestsPerSecond, burst))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected: 1 to 100000");
    }

    private int taken(String caller, int times) {
        int taken = 0;
        for (int i = 0; i < times; i++) {
            try {
                limit.take(caller);
                taken++;
            } catch (ProblemException e) {
                assertThat(e.status()).isEqualTo(429);
            }
        }
        return taken;
    }
}

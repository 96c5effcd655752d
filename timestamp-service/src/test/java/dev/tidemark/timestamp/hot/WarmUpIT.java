package dev.tidemark.timestamp.hot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.kvs.time.MonotonicClock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class WarmUpIT {
    @Test
    void run_always_sendsRequestsOfEveryFormUntilTheTimeIsUp() {
        AtomicLong rounds = new AtomicLong();
        MonotonicClock oneSecondARound = () -> rounds.getAndIncrement() * 1_000_000_000L;

        long answered = new WarmUp(oneSecondARound, Duration.ofSeconds(10)).run();

        assertThat(answered).isPositive().isLessThanOrEqualTo(50);
        assertThat(answered % 5).isZero();
    }

    @Test
    void run_withoutTime_doesNothing() {
        MonotonicClock unused = () -> {
            throw new IllegalStateException("nobody asks");
        };

        assertThat(new WarmUp(unused, Duration.ZERO).run()).isZero();
    }
}

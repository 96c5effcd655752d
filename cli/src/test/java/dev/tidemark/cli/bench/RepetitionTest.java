package dev.tidemark.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RepetitionTest {
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Repetition repetition = new Repetition(threads);

    @AfterEach
    void shutDown() {
        threads.shutdownNow();
    }

    @ParameterizedTest
    @CsvSource({"1000,1", "1000,3", "2,16"})
    void run_onSomeThreads_actsExactlyThatOften(long count, int parallelism) {
        AtomicLong done = new AtomicLong();

        repetition.run(count, parallelism, done::incrementAndGet);

        assertThat(done).hasValue(count);
    }

    @Test
    void run_callerIsInterrupted_stopsEveryThreadAndStaysInterrupted() {
        AtomicLong done = new AtomicLong();
        Thread caller = Thread.currentThread();

        repetition.run(Long.MAX_VALUE, 2, () -> {
            if (done.incrementAndGet() == 100) {
                caller.interrupt();
            }
        });

        assertThat(Thread.interrupted()).isTrue();
        repetition.run(5, 2, done::incrementAndGet);
        assertThat(done.get()).isGreaterThanOrEqualTo(105);
    }

    @Test
    void run_actionFails_failsWithItsReason() {
        assertThatThrownBy(() -> repetition.run(10, 2, () -> {
                    throw new IllegalStateException("the disk is full");
                }))
                .hasMessage("the disk is full");
    }
}

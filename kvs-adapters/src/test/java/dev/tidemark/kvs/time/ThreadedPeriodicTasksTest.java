package dev.tidemark.kvs.time;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.tidemark.kvs.time.PeriodicTasks.Registration;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class ThreadedPeriodicTasksTest {
    private static final Duration SHORT = Duration.ofMillis(1);
    private static final Duration LONG = Duration.ofDays(1);

    private final ThreadedPeriodicTasks tasks = new ThreadedPeriodicTasks();

    @AfterEach
    void close() {
        tasks.close();
    }

    @Test
    void every_shortInterval_runsAgainAndAgainOnANamedDaemonThread() throws InterruptedException {
        CountDownLatch runs = new CountDownLatch(3);
        AtomicReference<Thread> thread = new AtomicReference<>();

        tasks.every("refresh", SHORT, () -> {
            thread.set(Thread.currentThread());
            runs.countDown();
        });

        assertThat(runs.await(20, SECONDS)).isTrue();
        assertThat(thread.get().getName()).isEqualTo("refresh");
        assertThat(thread.get().isDaemon()).isTrue();
    }

    @Test
    void every_longInterval_doesNotRunBeforeItAndClosesAtOnce() {
        AtomicInteger runs = new AtomicInteger();
        Registration registration = tasks.every("refresh", LONG, runs::incrementAndGet);

        registration.close();
        registration.close();

        assertThat(runs).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-1S"})
    void every_intervalNotPositive_isRefused(String interval) {
        assertThatThrownBy(() -> tasks.every("refresh", Duration.parse(interval), () -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("interval: " + interval);
    }

    @Test
    void close_runUnderWay_waitsForItAndNoneFollows() throws Exception {
        CountDownLatch isRunning = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        AtomicInteger runs = new AtomicInteger();
        AtomicBoolean isEnded = new AtomicBoolean();
        Registration registration = tasks.every("refresh", SHORT, () -> {
            runs.incrementAndGet();
            isRunning.countDown();
            awaitUninterruptibly(mayEnd);
            isEnded.set(true);
        });
        assertThat(isRunning.await(20, SECONDS)).isTrue();
        AtomicBoolean wasEnded = new AtomicBoolean();
        Thread closer = new Thread(() -> {
            registration.close();
            wasEnded.set(isEnded.get());
        });
        closer.start();
        await().until(() -> closer.getState() == Thread.State.WAITING);

        mayEnd.countDown();
        closer.join();

        assertThat(wasEnded).isTrue();
        assertThat(runs).hasValue(1);
    }

    @Test
    void close_byTheTaskItself_endsItWithoutWaiting() throws InterruptedException {
        AtomicReference<Registration> registration = new AtomicReference<>();
        CountDownLatch isRegistered = new CountDownLatch(1);
        CountDownLatch isClosed = new CountDownLatch(1);
        AtomicReference<Thread> thread = new AtomicReference<>();
        registration.set(tasks.every("refresh", SHORT, () -> {
            thread.set(Thread.currentThread());
            awaitUninterruptibly(isRegistered);
            registration.get().close();
            isClosed.countDown();
        }));
        isRegistered.countDown();

        assertThat(isClosed.await(20, SECONDS)).isTrue();
        thread.get().join();
    }

    @Test
    void close_interruptedCaller_stillWaitsAndKeepsTheFlag() throws Exception {
        CountDownLatch isRunning = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        Registration registration = tasks.every("refresh", SHORT, () -> {
            isRunning.countDown();
            awaitUninterruptibly(mayEnd);
        });
        assertThat(isRunning.await(20, SECONDS)).isTrue();
        AtomicBoolean isFlagKept = new AtomicBoolean();
        Thread closer = new Thread(() -> {
            Thread.currentThread().interrupt();
            registration.close();
            isFlagKept.set(Thread.currentThread().isInterrupted());
        });
        closer.start();
        await().until(() -> closer.getState() == Thread.State.WAITING);

        mayEnd.countDown();
        closer.join();

        assertThat(isFlagKept).isTrue();
    }

    @Test
    void close_severalTasks_endsAll() throws InterruptedException {
        CountDownLatch runs = new CountDownLatch(2);
        AtomicReference<Thread> one = new AtomicReference<>();
        AtomicReference<Thread> other = new AtomicReference<>();
        tasks.every("one", SHORT, () -> {
            if (one.getAndSet(Thread.currentThread()) == null) {
                runs.countDown();
            }
        });
        tasks.every("other", SHORT, () -> {
            if (other.getAndSet(Thread.currentThread()) == null) {
                runs.countDown();
            }
        });
        assertThat(runs.await(20, SECONDS)).isTrue();

        tasks.close();

        assertThat(one.get().isAlive()).isFalse();
        assertThat(other.get().isAlive()).isFalse();
    }

    @Test
    void run_slowTask_doesNotDelayAnother() throws InterruptedException {
        CountDownLatch mayEnd = new CountDownLatch(1);
        CountDownLatch runs = new CountDownLatch(3);
        tasks.every("slow", SHORT, () -> awaitUninterruptibly(mayEnd));
        tasks.every("fast", SHORT, runs::countDown);

        assertThat(runs.await(20, SECONDS)).isTrue();
        mayEnd.countDown();
    }

    @Test
    void run_taskThrows_isReportedAndEndsThatTaskAlone() throws InterruptedException {
        AtomicInteger runs = new AtomicInteger();
        CountDownLatch isReported = new CountDownLatch(1);
        AtomicReference<Throwable> reported = new AtomicReference<>();
        AtomicReference<Thread> thread = new AtomicReference<>();
        Registration registration = tasks.every("broken", SHORT, () -> {
            runs.incrementAndGet();
            thread.set(Thread.currentThread());
            Thread.currentThread().setUncaughtExceptionHandler((source, failure) -> {
                reported.set(failure);
                isReported.countDown();
            });
            throw new IllegalStateException("broken");
        });

        assertThat(isReported.await(20, SECONDS)).isTrue();
        thread.get().join();
        assertThat(reported.get()).hasMessage("broken");
        assertThat(runs).hasValue(1);
        registration.close();
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

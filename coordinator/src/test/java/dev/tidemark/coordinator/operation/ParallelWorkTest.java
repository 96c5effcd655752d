package dev.tidemark.coordinator.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.kvs.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ParallelWorkTest {
    private final ExecutorService threads = Executors.newFixedThreadPool(3);

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void run_onTheCallingThread_doesEverythingInOrder() {
        List<Integer> done = new ArrayList<>();

        new ParallelWork(Runnable::run, 4).run(List.of(1, 2, 3), done::add);

        assertThat(done).containsExactly(1, 2, 3);
    }

    @Test
    void parallelism_ofMoreAndOfLess_isWithinTheLimit() {
        ParallelWork work = new ParallelWork(Runnable::run, 4);

        assertThat(work.withMore(2).parallelism()).isEqualTo(6);
        assertThat(work.atMost(3).parallelism()).isEqualTo(3);
        assertThat(work.atMost(9).parallelism()).isEqualTo(4);
    }

    @Test
    void run_errorOnTheCallingThread_isThrownAndNothingElseBegins() {
        List<Integer> done = new ArrayList<>();

        assertThatThrownBy(() -> new ParallelWork(Runnable::run, 4).run(List.of(1, 2, 3), item -> {
                    done.add(item);
                    throw new StackOverflowError("planned");
                }))
                .isInstanceOf(StackOverflowError.class)
                .hasMessage("planned");
        assertThat(done).containsExactly(1);
    }

    @Test
    void run_errorInAWorkerThatHasEndedBeforeTheJoin_isThrown() throws Exception {
        CountDownLatch hasFailed = new CountDownLatch(1);
        Executor waiting = task -> {
            threads.execute(() -> {
                task.run();
                hasFailed.countDown();
            });
            await(hasFailed);
        };

        assertThatThrownBy(() -> new ParallelWork(waiting, 1).run(List.of(1), item -> {
                    throw new OutOfMemoryError("planned");
                }))
                .isInstanceOf(OutOfMemoryError.class)
                .hasMessage("planned");
    }

    @Test
    void run_severalFail_throwsTheFirstWithTheOthersSuppressed() {
        CyclicBarrier all = new CyclicBarrier(3);

        assertThatThrownBy(() -> new ParallelWork(threads, 3).run(List.of(1, 2, 3), item -> {
                    await(all);
                    throw new AssertionError("planned");
                }))
                .isInstanceOf(AssertionError.class)
                .satisfies(e -> assertThat(e.getSuppressed()).hasSize(2));
    }

    @Test
    void run_oneFails_waitsForTheOthers() {
        CountDownLatch hasBegun = new CountDownLatch(1);
        CountDownLatch hasFailed = new CountDownLatch(1);
        AtomicBoolean hasEnded = new AtomicBoolean();

        assertThatThrownBy(() -> new ParallelWork(threads, 2).run(List.of(1, 2), item -> {
                    if (item == 1) {
                        hasBegun.countDown();
                        await(hasFailed);
                        hasEnded.set(true);
                    } else {
                        await(hasBegun);
                        hasFailed.countDown();
                        throw new StackOverflowError("planned");
                    }
                }))
                .isInstanceOf(StackOverflowError.class);
        assertThat(hasEnded).isTrue();
    }

    @Test
    void run_executorTakesNoMore_waitsForWhatItHasTaken() {
        AtomicInteger taken = new AtomicInteger();
        AtomicBoolean hasEnded = new AtomicBoolean();
        CountDownLatch hasBegun = new CountDownLatch(1);
        CountDownLatch hasRefused = new CountDownLatch(1);
        Executor full = task -> {
            if (taken.incrementAndGet() == 2) {
                await(hasBegun);
                hasRefused.countDown();
                throw new RejectedExecutionException("planned");
            }
            threads.execute(task);
        };

        assertThatThrownBy(() -> new ParallelWork(full, 3).run(List.of(1, 2, 3), item -> {
                    hasBegun.countDown();
                    await(hasRefused);
                    hasEnded.set(true);
                }))
                .isInstanceOf(RejectedExecutionException.class);
        assertThat(hasEnded).isTrue();
        assertThat(taken).hasValue(2);
    }

    @Test
    void run_interrupted_waitsForTheWorkerAndKeepsTheFlag() {
        Thread caller = Thread.currentThread();
        AtomicBoolean hasEnded = new AtomicBoolean();

        assertThatThrownBy(() -> new ParallelWork(threads, 1).run(List.of(1), item -> {
                    caller.interrupt();
                    // The caller leaves its wait, takes the flag down and waits again.
                    Awaitility.await().until(() -> !caller.isInterrupted());
                    hasEnded.set(true);
                }))
                .isInstanceOfSatisfying(
                        CoordinatorException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERRUPTED));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(hasEnded).isTrue();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await(30, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}

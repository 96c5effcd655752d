package dev.tidemark.timestamp.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.timestamp.TimestampException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same with real threads, whose order nobody decides. */
@Timeout(60)
@SuppressWarnings("FutureReturnValueIgnored") // some calls are there for the others alone
class TimestampBatchesThreadsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ExecutorService executor = Executors.newCachedThreadPool();

    @AfterEach
    void stop() {
        executor.shutdownNow();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    @DisplayName(
            "Many callers, waiting or not: each timestamp is given once, none is older than the call, requests are shared")
    void manyCallers(int inFlight) throws Exception {
        AtomicLong issued = new AtomicLong();
        AtomicInteger requests = new AtomicInteger();
        AtomicInteger underWay = new AtomicInteger();
        AtomicInteger mostUnderWay = new AtomicInteger();
        TimestampSource source = count -> {
            requests.incrementAndGet();
            mostUnderWay.accumulateAndGet(underWay.incrementAndGet(), Math::max);
            return CompletableFuture.supplyAsync(
                    () -> {
                        long upper = issued.addAndGet(count);
                        underWay.decrementAndGet();
                        return new TimestampRange(upper - count + 1, upper);
                    },
                    executor);
        };
        TimestampBatches batches = batches(source, inFlight);
        Set<Long> given = Collections.synchronizedSet(new HashSet<>());
        List<Future<?>> callers = new ArrayList<>();
        int calls = 2_000;
        for (int i = 0; i < 8; i++) {
            boolean isWaiting = i % 2 == 0;
            int count = 1 + i / 2;
            callers.add(executor.submit(() -> {
                for (int call = 0; call < calls; call++) {
                    long before = issued.get();
                    long lower = isWaiting
                            ? batches.freshTimestamps(count).lower()
                            : batches.promise(count, first -> first).get(30, TimeUnit.SECONDS);
                    assertThat(lower).isGreaterThan(before);
                    for (long timestamp = lower; timestamp < lower + count; timestamp++) {
                        assertThat(given.add(timestamp))
                                .as("%d for the first time", timestamp)
                                .isTrue();
                    }
                }
                return null;
            }));
        }
        for (Future<?> caller : callers) {
            caller.get(50, TimeUnit.SECONDS);
        }

        assertThat(given).hasSize(2 * calls * (1 + 2 + 3 + 4));
        assertThat(issued.get()).isEqualTo(given.size());
        assertThat(mostUnderWay.get()).isLessThanOrEqualTo(inFlight);
        assertThat(requests.get()).isLessThan(8 * calls);
    }

    @Test
    @DisplayName("Who blocks where they are told holds up nobody, not even when they wait for the next timestamp")
    void blocksWhereItIsTold() throws Exception {
        AtomicLong issued = new AtomicLong();
        TimestampBatches batches = batches(
                count -> CompletableFuture.supplyAsync(
                        () -> {
                            long upper = issued.addAndGet(count);
                            return new TimestampRange(upper - count + 1, upper);
                        },
                        executor),
                1);

        CompletableFuture<Long> nested = batches.promise(1, lower -> lower)
                .thenApply(first -> batches.freshTimestamps(1).lower())
                .thenApply(second -> batches.promise(1, lower -> lower).join());

        assertThat(nested.get(30, TimeUnit.SECONDS)).isEqualTo(3);
    }

    @Test
    @DisplayName("Also when the source answers before the request is sent to the end")
    void blocksWhereItIsToldAtOnce() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        AtomicLong issued = new AtomicLong();
        TimestampBatches batches = batches(
                count -> {
                    awaitQuietly(begun);
                    long upper = issued.addAndGet(count);
                    return CompletableFuture.completedFuture(new TimestampRange(upper - count + 1, upper));
                },
                1);

        CompletableFuture<Long> nested = batches.promise(1, lower -> lower)
                .thenApply(first -> batches.freshTimestamps(1).lower());
        begun.countDown();

        assertThat(nested.get(30, TimeUnit.SECONDS)).isEqualTo(2);
    }

    @Test
    @DisplayName(
            "A thread that is interrupted stops waiting and keeps its flag; those with whom it shares the request get theirs")
    void interrupted() throws Exception {
        ScriptedSource source = new ScriptedSource();
        TimestampBatches batches = batches(source, 1);
        CompletableFuture<TimestampException> failure = new CompletableFuture<>();
        CompletableFuture<Boolean> flag = new CompletableFuture<>();
        batches.promise(1, lower -> lower);
        await().until(() -> source.sent() == 1);
        Thread waiting = new Thread(() -> {
            try {
                batches.freshTimestamps(1);
            } catch (TimestampException e) {
                failure.complete(e);
                flag.complete(Thread.currentThread().isInterrupted());
            }
        });
        waiting.start();
        await().until(() -> waiting.getState() == Thread.State.WAITING);
        CompletableFuture<Long> other = batches.promise(1, lower -> lower);

        waiting.interrupt();

        assertThat(failure.get(30, TimeUnit.SECONDS).code()).isEqualTo(ErrorCode.INTERRUPTED);
        assertThat(flag.get(30, TimeUnit.SECONDS)).isTrue();
        source.answer(0);
        await().until(() -> source.sent() == 2);
        source.answer(1);
        assertThat(other.get(30, TimeUnit.SECONDS)).isEqualTo(2);
        assertThat(source.sizes()).containsExactly(1L, 1L);
    }

    @Test
    @DisplayName("Closing wakes the threads that wait")
    void close() throws Exception {
        ScriptedSource source = new ScriptedSource();
        TimestampBatches batches = batches(source, 1);
        List<Future<TimestampRange>> waiting = List.of(
                executor.submit(() -> batches.freshTimestamps(1)), executor.submit(() -> batches.freshTimestamps(1)));
        await().until(() -> source.sent() == 1);

        batches.close();

        for (Future<TimestampRange> call : waiting) {
            await().until(call::isDone);
            assertThat(call).failsWithin(Duration.ZERO).withThrowableThat().withMessageContaining("closed");
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private TimestampBatches batches(TimestampSource source, int inFlight) {
        return new TimestampBatches(
                source, new BatchSettings(inFlight, 1_000), PATIENCE, MonotonicClock.system(), executor);
    }
}

package dev.tidemark.cli.bench.timestamp;

import dev.tidemark.kvs.time.MonotonicClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntFunction;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Asks for one timestamp after the other, as many callers at once, for a while. */
final class Callers {
    /** In process a look at the clock takes longer than a timestamp. */
    private static final int CALLS_PER_LOOK = 1_000;

    private final MonotonicClock clock;
    private final Duration time;

    Callers(MonotonicClock clock, Duration time) {
        this.clock = clock;
        this.time = time;
    }

    Duration time() {
        return time;
    }

    MonotonicClock clock() {
        return clock;
    }

    /** Has each of several threads ask as fast as it can, without a look at how long each answer takes. */
    Load inProcess(int threads, LongSupplier source) throws InterruptedException {
        return run(threads, ServerCpu.NONE, index -> {
            LatencyHistogram latencies = new LatencyHistogram();
            long until = clock.nanoTime() + time.toNanos();
            long calls = 0;
            while (clock.nanoTime() < until) {
                for (int i = 0; i < CALLS_PER_LOOK; i++) {
                    check(source.getAsLong());
                }
                calls += CALLS_PER_LOOK;
            }
            return new Load(calls, 1, latencies, 0);
        });
    }

    /** Has each of several threads ask, and wait for its answer. */
    Load blocking(int threads, ServerCpu cpu, IntFunction<LongSupplier> sources) throws InterruptedException {
        return run(threads, cpu, index -> {
            LongSupplier source = sources.apply(index);
            LatencyHistogram latencies = new LatencyHistogram();
            long until = clock.nanoTime() + time.toNanos();
            long from = clock.nanoTime();
            while (from < until) {
                check(source.getAsLong());
                long now = clock.nanoTime();
                latencies.add(now - from);
                from = now;
            }
            return new Load(latencies.count(), 1, latencies, 0);
        });
    }

    /** Has as many requests under way all the time; each answer sends the next one. */
    Load async(int callers, ServerCpu cpu, Supplier<CompletableFuture<Long>> source) throws InterruptedException {
        AsyncCallers running = new AsyncCallers(source, clock.nanoTime() + time.toNanos());
        double cpuBefore = cpu.seconds();
        long from = clock.nanoTime();
        for (int i = 0; i < callers; i++) {
            running.begin();
        }
        try {
            CompletableFuture.allOf(running.ended.toArray(CompletableFuture<?>[]::new))
                    .get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("a caller has failed: " + e.getCause(), e.getCause());
        }
        double seconds = (clock.nanoTime() - from) / 1e9;
        return new Load(running.answers.get(), seconds, new LatencyHistogram(), cpu.seconds() - cpuBefore);
    }

    private Load run(int threads, ServerCpu cpu, IntFunction<Load> caller) throws InterruptedException {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            double cpuBefore = cpu.seconds();
            long from = clock.nanoTime();
            List<Future<Load>> running = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int index = i;
                running.add(pool.submit(() -> caller.apply(index)));
            }
            Load all = new Load(0, 0, new LatencyHistogram(), 0);
            for (Future<Load> one : running) {
                all = all.plus(one.get());
            }
            double seconds = (clock.nanoTime() - from) / 1e9;
            return new Load(all.operations(), seconds, all.latencies(), cpu.seconds() - cpuBefore);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a caller has failed: " + e.getCause(), e.getCause());
        } finally {
            pool.shutdownNow();
        }
    }

    /** What comes is looked at, so that it must be made. */
    private static void check(long timestamp) {
        if (timestamp < 1) {
            throw new IllegalStateException("timestamp: " + timestamp + " (expected: >= 1)");
        }
    }

    /** Callers without threads. An answer that is there at once is taken in a loop, so that the stack does not grow. */
    private final class AsyncCallers {
        private final Supplier<CompletableFuture<Long>> source;
        private final long until;
        private final AtomicLong answers = new AtomicLong();
        private final ConcurrentLinkedQueue<CompletableFuture<Void>> ended = new ConcurrentLinkedQueue<>();

        private AsyncCallers(Supplier<CompletableFuture<Long>> source, long until) {
            this.source = source;
            this.until = until;
        }

        private void begin() {
            CompletableFuture<Void> end = new CompletableFuture<>();
            ended.add(end);
            ask(end);
        }

        private void ask(CompletableFuture<Void> end) {
            while (clock.nanoTime() < until) {
                // Set by whoever is first of this thread, behind its question, and the one that brings the answer; the
                // other goes on.
                AtomicBoolean isOneDone = new AtomicBoolean();
                CompletableFuture<Long> ignored = source.get().whenComplete((timestamp, failure) -> {
                    if (failure != null) {
                        end.completeExceptionally(failure);
                        return;
                    }
                    check(timestamp);
                    answers.incrementAndGet();
                    if (isOneDone.getAndSet(true)) {
                        ask(end);
                    }
                });
                if (!isOneDone.getAndSet(true)) {
                    return;
                }
            }
            end.complete(null);
        }
    }
}

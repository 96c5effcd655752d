package dev.tidemark.coordinator.operation;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.kvs.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Applies something to each item of a list, several at a time, and waits for all. The first failure stops the rest from
 * beginning and is thrown. With an executor that runs tasks on the calling thread everything happens there, in order.
 */
public final class ParallelWork {
    private final Executor executor;
    private final int parallelism;

    /** Creates work that runs at most {@code parallelism} items at a time. */
    public ParallelWork(Executor executor, int parallelism) {
        this.executor = executor;
        this.parallelism = parallelism;
    }

    /** Returns how many items run at a time at most. */
    public int parallelism() {
        return parallelism;
    }

    /**
     * Returns work that runs more items at a time on the same executor: for items that wait for a disk now and then, so that
     * the processors have something to do meanwhile.
     */
    public ParallelWork withMore(int items) {
        return new ParallelWork(executor, parallelism + items);
    }

    /** Returns work that runs no more than that many items at a time on the same executor: for items that need memory. */
    public ParallelWork atMost(int items) {
        return new ParallelWork(executor, Math.min(items, parallelism));
    }

    /**
     * Applies the action to every item.
     *
     * @throws RuntimeException or {@link Error}: what the first failing action threw, after all running ones have ended; what
     *     the others threw meanwhile is suppressed in it
     */
    public <T> void run(List<T> items, Consumer<T> action) {
        AtomicInteger next = new AtomicInteger();
        FirstFailure failure = new FirstFailure();
        Runnable worker = () -> {
            for (int i = next.getAndIncrement(); i < items.size() && !failure.isThere(); i = next.getAndIncrement()) {
                runOne(items.get(i), action, failure);
            }
        };
        List<CompletableFuture<Void>> running = new ArrayList<>();
        for (int i = 0; i < Math.min(parallelism, items.size()) && !failure.isThere(); i++) {
            begin(worker, running, failure);
        }
        join(running, failure);
        failure.rethrow();
    }

    /** Whatever is thrown ends the step: an error that stayed with its worker would let half of the work pass for all. */
    private static <T> void runOne(T item, Consumer<T> action, FirstFailure failure) {
        try {
            action.accept(item);
        } catch (Throwable e) {
            failure.add(e);
        }
    }

    /** An executor that takes no more work does not free us from waiting for what it has taken. */
    private void begin(Runnable worker, List<CompletableFuture<Void>> running, FirstFailure failure) {
        try {
            running.add(CompletableFuture.runAsync(worker, executor));
        } catch (RuntimeException | Error e) {
            failure.add(e);
        }
    }

    private static void join(List<CompletableFuture<Void>> running, FirstFailure failure) {
        boolean wasInterrupted = false;
        for (CompletableFuture<Void> future : running) {
            boolean hasEnded = false;
            while (!hasEnded) {
                try {
                    future.get();
                    hasEnded = true;
                } catch (InterruptedException e) {
                    wasInterrupted = true;
                    failure.add(new CoordinatorException(
                            ErrorCode.INTERRUPTED, "interrupted in the middle of a step", "", e));
                } catch (ExecutionException e) {
                    failure.add(e.getCause());
                    hasEnded = true;
                } catch (CancellationException e) {
                    failure.add(e);
                    hasEnded = true;
                }
            }
        }
        if (wasInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** The first failure of several threads, with the others as suppressed ones. */
    private static final class FirstFailure {
        private Throwable first;

        synchronized boolean isThere() {
            return first != null;
        }

        synchronized void add(Throwable failure) {
            if (first == null) {
                first = failure;
            } else if (first != failure) {
                first.addSuppressed(failure);
            }
        }

        synchronized void rethrow() {
            if (first instanceof Error error) {
                throw error;
            }
            if (first instanceof RuntimeException exception) {
                throw exception;
            }
            if (first != null) {
                throw new IllegalStateException("a worker failed", first);
            }
        }
    }
}

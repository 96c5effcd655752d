package dev.tidemark.coordinator.operation;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.kvs.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
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
     * Applies the action to every item.
     *
     * @throws RuntimeException what the first failing action threw, after all running ones have ended
     */
    public <T> void run(List<T> items, Consumer<T> action) {
        AtomicInteger next = new AtomicInteger();
        AtomicReference<RuntimeException> failure = new AtomicReference<>();
        Runnable worker = () -> {
            for (int i = next.getAndIncrement();
                    i < items.size() && failure.get() == null;
                    i = next.getAndIncrement()) {
                try {
                    action.accept(items.get(i));
                } catch (RuntimeException e) {
                    failure.compareAndSet(null, e);
                }
            }
        };
        List<CompletableFuture<Void>> running = new ArrayList<>();
        for (int i = 0; i < Math.min(parallelism, items.size()); i++) {
            running.add(CompletableFuture.runAsync(worker, executor));
        }
        join(running, failure);
        if (failure.get() != null) {
            throw failure.get();
        }
    }

    private static void join(List<CompletableFuture<Void>> running, AtomicReference<RuntimeException> failure) {
        boolean wasInterrupted = false;
        for (CompletableFuture<Void> future : running) {
            while (!future.isDone()) {
                try {
                    future.get();
                } catch (InterruptedException e) {
                    wasInterrupted = true;
                    failure.compareAndSet(
                            null,
                            new CoordinatorException(
                                    ErrorCode.INTERRUPTED, "interrupted in the middle of a step", "", e));
                } catch (ExecutionException | CompletionException e) {
                    throw new IllegalStateException("a worker failed", e);
                }
            }
        }
        if (wasInterrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

package dev.tidemark.cli.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;

/** Does something many times on several threads, each of which has its share; ends early when its caller is interrupted. */
final class Repetition {
    private final Executor executor;
    private volatile boolean isInterrupted;

    Repetition(Executor executor) {
        this.executor = executor;
    }

    /**
     * Returns when all is done, or all threads have stopped because the caller was interrupted, which it then still is.
     *
     * @throws RuntimeException what the action has thrown
     */
    void run(long count, int threads, Runnable action) {
        isInterrupted = false;
        List<CompletableFuture<Void>> running = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            long share = count / threads + (i < count % threads ? 1 : 0);
            running.add(CompletableFuture.runAsync(() -> repeat(share, action), executor));
        }
        running.forEach(this::join);
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void repeat(long count, Runnable action) {
        for (long i = 0; i < count && !isInterrupted; i++) {
            action.run();
        }
    }

    private void join(CompletableFuture<Void> future) {
        while (true) {
            try {
                future.get();
                return;
            } catch (InterruptedException e) {
                isInterrupted = true;
            } catch (ExecutionException e) {
                throw e.getCause() instanceof RuntimeException failure
                        ? failure
                        : new IllegalStateException(e.getCause());
            }
        }
    }
}

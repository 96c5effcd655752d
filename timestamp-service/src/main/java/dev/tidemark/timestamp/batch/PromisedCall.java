package dev.tidemark.timestamp.batch;

import dev.tidemark.timestamp.OracleErrors;
import dev.tidemark.timestamp.TimestampException;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongFunction;

/**
 * A call whose caller is told by a future.
 *
 * @param <T> what the future gives
 */
final class PromisedCall<T> extends Call {
    private final LongFunction<T> form;
    private final CompletableFuture<T> promise = new CompletableFuture<>();

    PromisedCall(int count, long arrivalNanos, LongFunction<T> form) {
        super(count, arrivalNanos);
        this.form = form;
    }

    CompletableFuture<T> promise() {
        return promise;
    }

    @Override
    boolean isAbandoned() {
        return promise.isDone();
    }

    @Override
    void end(long lower) {
        promise.complete(form.apply(lower));
    }

    @Override
    void fail(TimestampException failure) {
        promise.completeExceptionally(OracleErrors.again(failure));
    }
}

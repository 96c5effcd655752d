package dev.tidemark.coordinator.service.operations;

import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.TidemarkException;

/**
 * Why an order has not succeeded.
 *
 * @param code name of an {@link ErrorCode}
 * @param message what happened
 * @param hint what to do, or empty
 * @param retryable whether the same order may succeed later
 */
public record OrderProblem(String code, String message, String hint, boolean retryable) {
    static OrderProblem of(RuntimeException failure) {
        if (failure instanceof TidemarkException known) {
            return new OrderProblem(
                    known.code().name(),
                    known.getMessage(),
                    known.hint(),
                    known.code().isRetryable());
        }
        return new OrderProblem(
                ErrorCode.INTERNAL.name(),
                "internal error",
                "Look for the order in the log of the service and report it as a defect.",
                false);
    }
}

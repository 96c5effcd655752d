package dev.tidemark.coordinator.service.access.limit;

import dev.tidemark.coordinator.service.problem.ProblemException;
import dev.tidemark.kvs.ErrorCode;
import java.time.Duration;

/** The refusal of whoever has to wait. */
final class TooManyRequests {
    private TooManyRequests() {}

    /** Returns the refusal; the wait is told in whole seconds, rounded up. */
    static ProblemException refused(String message, Duration wait) {
        long seconds = Math.max(1, wait.plusNanos(999_999_999).toSeconds());
        return new ProblemException(
                        ErrorCode.TOO_MANY_REQUESTS, message, "Wait " + seconds + " s before the next request.")
                .withHeader("Retry-After", Long.toString(seconds));
    }
}

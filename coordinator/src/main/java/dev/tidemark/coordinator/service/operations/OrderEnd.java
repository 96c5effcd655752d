package dev.tidemark.coordinator.service.operations;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tidemark.coordinator.operation.OperationSummary;
import java.time.Instant;
import java.util.Objects;

/**
 * How an order has ended: the sealed document {@code ns/NS/orders/MONTH/NUMBER.ended}.
 *
 * @param formatVersion {@value #FORMAT_VERSION}
 * @param outcome not {@code UNFINISHED}
 * @param operationId the operation that it came to, or empty when it was refused before one began
 * @param endedAt when
 * @param report what the operation has reported; null unless it has succeeded
 * @param problem why it has not succeeded; null when it has
 */
public record OrderEnd(
        int formatVersion,
        OperationSummary.Outcome outcome,
        String operationId,
        Instant endedAt,
        JsonNode report,
        OrderProblem problem) {
    static final int FORMAT_VERSION = 1;

    /** Checks that nothing is missing. */
    public OrderEnd {
        OrderBook.requireVersion(formatVersion, FORMAT_VERSION);
        Objects.requireNonNull(operationId, "operationId");
        Objects.requireNonNull(endedAt, "endedAt");
        if (outcome == null || outcome == OperationSummary.Outcome.UNFINISHED) {
            throw new IllegalArgumentException("outcome: " + outcome + " (expected: one that is final)");
        }
    }
}

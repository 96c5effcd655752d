package dev.tidemark.coordinator.service.operations;

import java.time.Instant;
import java.util.Objects;

/**
 * An order as it was accepted: the sealed document {@code ns/NS/orders/MONTH/NUMBER.accepted}.
 *
 * @param formatVersion {@value #FORMAT_VERSION}
 * @param id month and number, as {@code 202611-} and 32 lower-case hexadecimal digits
 * @param namespace a namespace of the configuration
 * @param order what is to be done
 * @param by who asked for it, for people to read
 * @param acceptedAt when
 */
public record AcceptedOrder(
        int formatVersion, String id, String namespace, OperationOrder order, String by, Instant acceptedAt) {
    static final int FORMAT_VERSION = 1;

    /** Checks that nothing is missing. */
    public AcceptedOrder {
        OrderBook.requireVersion(formatVersion, FORMAT_VERSION);
        if (OrderId.parse(id).isEmpty()) {
            throw new IllegalArgumentException("id: '" + id + "' (expected: a month, '-', and 32 hexadecimal digits)");
        }
        Objects.requireNonNull(namespace, "namespace");
        Objects.requireNonNull(order, "order");
        Objects.requireNonNull(by, "by");
        Objects.requireNonNull(acceptedAt, "acceptedAt");
    }
}

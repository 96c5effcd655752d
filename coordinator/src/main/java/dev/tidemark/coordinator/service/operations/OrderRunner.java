package dev.tidemark.coordinator.service.operations;

import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.operation.OperationSummary;
import java.util.Optional;

/** What the desk asks of the engine. Thread-safe for different namespaces. */
public interface OrderRunner {
    /**
     * Carries out an order to its end; goes on with the operation that a process has left when it is what was ordered.
     *
     * @return what it reports, a record
     * @throws dev.tidemark.kvs.TidemarkException as the operation; {@code INTERRUPTED} when the thread was interrupted, with the
     *     operation left for whoever goes on with it
     */
    Object run(String namespace, OperationOrder order, OperationListener listener);

    /** Cancels an operation that nobody works on. */
    OperationSummary cancel(String namespace, String operationId, OperationListener listener);

    /** Goes on with the unfinished operation of a namespace. */
    OperationSummary resume(String namespace, OperationListener listener);

    /** Returns what the journal says of an operation, if it has one. */
    Optional<OperationSummary> find(String namespace, String operationId);
}

package dev.tidemark.coordinator.bundle;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.operation.OperationSummary;
import dev.tidemark.coordinator.service.operations.OperationOrder;
import dev.tidemark.coordinator.service.operations.OrderRunner;
import dev.tidemark.kvs.ErrorCode;
import java.util.Optional;
import java.util.function.Supplier;

/** Has the application let go of its stores while an order changes them. Thread-safe for different namespaces. */
final class ReleasingOrderRunner implements OrderRunner {
    private final OrderRunner runner;
    private final EmbeddedParts parts;

    ReleasingOrderRunner(OrderRunner runner, EmbeddedParts parts) {
        this.runner = runner;
        this.parts = parts;
    }

    @Override
    public Object run(String namespace, OperationOrder order, OperationListener listener) {
        boolean changesStores = order instanceof OperationOrder.Restore
                || order instanceof OperationOrder.Rewind
                || order instanceof OperationOrder.Undo
                || order instanceof OperationOrder.Resume;
        return changesStores
                ? released(namespace, () -> runner.run(namespace, order, listener))
                : runner.run(namespace, order, listener);
    }

    @Override
    public OperationSummary cancel(String namespace, String operationId, OperationListener listener) {
        return released(namespace, () -> runner.cancel(namespace, operationId, listener));
    }

    @Override
    public OperationSummary resume(String namespace, OperationListener listener) {
        return released(namespace, () -> runner.resume(namespace, listener));
    }

    @Override
    public Optional<OperationSummary> find(String namespace, String operationId) {
        return runner.find(namespace, operationId);
    }

    private <T> T released(String namespace, Supplier<T> work) {
        parts.release(namespace);
        T result;
        try {
            result = work.get();
        } catch (RuntimeException | Error e) {
            try {
                parts.reopen(namespace);
            } catch (RuntimeException reopened) {
                e.addSuppressed(reopened);
            }
            throw e;
        }
        reopen(namespace);
        return result;
    }

    private void reopen(String namespace) {
        try {
            parts.reopen(namespace);
        } catch (RuntimeException e) {
            throw new CoordinatorException(
                    ErrorCode.STORE_UNAVAILABLE,
                    "the operation has succeeded, and the application can't open the stores of namespace '" + namespace
                            + "' again: " + e.getMessage(),
                    "Restart the application.",
                    e);
        }
    }
}

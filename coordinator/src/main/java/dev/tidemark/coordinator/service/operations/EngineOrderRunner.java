package dev.tidemark.coordinator.service.operations;

import dev.tidemark.coordinator.engine.Coordinator;
import dev.tidemark.coordinator.garbage.GarbageOptions;
import dev.tidemark.coordinator.garbage.GarbageReport;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.operation.OperationSummary;
import dev.tidemark.coordinator.retention.ExpireReport;
import dev.tidemark.coordinator.retention.RetentionPolicy;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Carries out orders with the engine. Thread-safe. */
public final class EngineOrderRunner implements OrderRunner {
    private final Coordinator coordinator;
    private final Function<String, RetentionPolicy> retention;
    private final GarbageOptions garbage;
    private final DailyVerification verification;
    private final UnaryOperator<OperationListener> told;

    /**
     * Creates the runner.
     *
     * @param retention which backups of a namespace are kept
     * @param told who is told what an operation does, instead of the given one
     */
    public EngineOrderRunner(
            Coordinator coordinator,
            Function<String, RetentionPolicy> retention,
            GarbageOptions garbage,
            DailyVerification verification,
            UnaryOperator<OperationListener> told) {
        this.told = told;
        this.coordinator = coordinator;
        this.verification = verification;
        this.retention = retention;
        this.garbage = garbage;
    }

    @Override
    public Object run(String namespace, OperationOrder order, OperationListener listener) {
        return carryOut(namespace, order, told.apply(listener));
    }

    private Object carryOut(String namespace, OperationOrder order, OperationListener listener) {
        if (order instanceof OperationOrder.Backup backup) {
            return coordinator.backup(backup.request(namespace), listener);
        }
        if (order instanceof OperationOrder.Restore restore) {
            return coordinator.restore(restore.request(namespace), listener);
        }
        if (order instanceof OperationOrder.Rewind rewind) {
            return coordinator.rewind(rewind.request(namespace), listener);
        }
        if (order instanceof OperationOrder.Undo) {
            return coordinator.undo(namespace, listener);
        }
        if (order instanceof OperationOrder.Expire expire) {
            return coordinator.upkeep().expire(namespace, retention.apply(namespace), expire.backups(), listener);
        }
        if (order instanceof OperationOrder.CollectGarbage) {
            return coordinator.upkeep().collectGarbage(namespace, garbage, listener);
        }
        if (order instanceof OperationOrder.Retention) {
            return new Retained(
                    coordinator.upkeep().expire(namespace, retention.apply(namespace), List.of(), listener),
                    coordinator.upkeep().collectGarbage(namespace, garbage, listener));
        }
        if (order instanceof OperationOrder.Verify) {
            return verification.verify(namespace, listener);
        }
        if (order instanceof OperationOrder.Repair) {
            return coordinator.upkeep().repair(namespace, listener);
        }
        return coordinator.resume(namespace, listener);
    }

    @Override
    public OperationSummary cancel(String namespace, String operationId, OperationListener listener) {
        return coordinator.cancel(namespace, operationId, told.apply(listener));
    }

    @Override
    public OperationSummary resume(String namespace, OperationListener listener) {
        return coordinator.resume(namespace, told.apply(listener));
    }

    @Override
    public Optional<OperationSummary> find(String namespace, String operationId) {
        return coordinator.findOperation(namespace, operationId);
    }

    /** What retention has done. */
    private record Retained(ExpireReport expired, GarbageReport collected) {}
}

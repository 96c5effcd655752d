package dev.tidemark.coordinator.service.observation;

import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.operation.OperationSummary;
import dev.tidemark.coordinator.service.observation.OrderObserver.Observation;
import dev.tidemark.coordinator.service.operations.OperationOrder;
import dev.tidemark.coordinator.service.operations.OrderRunner;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells observers what another runner does. What an observer throws is logged, and changes nothing. Thread-safe as the other one. */
public final class ObservedOrderRunner implements OrderRunner {
    private static final Logger LOG = LoggerFactory.getLogger(ObservedOrderRunner.class);

    private final OrderRunner runner;
    private final List<OrderObserver> observers;

    /** Creates a runner that tells the observers, in this order. */
    public ObservedOrderRunner(OrderRunner runner, List<OrderObserver> observers) {
        this.runner = runner;
        this.observers = List.copyOf(observers);
    }

    @Override
    public Object run(String namespace, OperationOrder order, OperationListener listener) {
        return observed(namespace, order.type(), listener, told -> runner.run(namespace, order, told));
    }

    @Override
    public OperationSummary cancel(String namespace, String operationId, OperationListener listener) {
        return observed(namespace, "cancel", listener, told -> runner.cancel(namespace, operationId, told));
    }

    @Override
    public OperationSummary resume(String namespace, OperationListener listener) {
        return observed(namespace, "resume", listener, told -> runner.resume(namespace, told));
    }

    @Override
    public Optional<OperationSummary> find(String namespace, String operationId) {
        return runner.find(namespace, operationId);
    }

    private <T> T observed(
            String namespace, String type, OperationListener listener, Function<OperationListener, T> work) {
        List<Observation> observations = new ArrayList<>();
        observers.forEach(observer -> quietly(() -> observations.add(observer.begun(namespace, type))));
        T report;
        try {
            report = work.apply(new Everybody(listener, observations));
        } catch (RuntimeException e) {
            observations.forEach(observation -> quietly(() -> observation.failed(e)));
            throw e;
        }
        observations.forEach(observation -> quietly(() -> observation.succeeded(report)));
        return report;
    }

    private static void quietly(Runnable telling) {
        try {
            telling.run();
        } catch (RuntimeException e) {
            LOG.warn("an observer of the operations failed", e);
        }
    }

    /** The one who has ordered it hears of it first, and may throw. */
    private record Everybody(OperationListener first, List<Observation> others) implements OperationListener {
        @Override
        public void operationStarted(String operationId, String type, String namespace, boolean isResumed) {
            first.operationStarted(operationId, type, namespace, isResumed);
            tell(other -> other.operationStarted(operationId, type, namespace, isResumed));
        }

        @Override
        public void stepStarted(String operationId, String step) {
            first.stepStarted(operationId, step);
            tell(other -> other.stepStarted(operationId, step));
        }

        @Override
        public void stepFinished(String operationId, String step) {
            first.stepFinished(operationId, step);
            tell(other -> other.stepFinished(operationId, step));
        }

        @Override
        public void progress(String operationId, String step, long doneBytes, long totalBytes, long doneItems) {
            first.progress(operationId, step, doneBytes, totalBytes, doneItems);
            tell(other -> other.progress(operationId, step, doneBytes, totalBytes, doneItems));
        }

        @Override
        public void nodeProgress(String operationId, String step, String node, long doneBytes, long doneFiles) {
            first.nodeProgress(operationId, step, node, doneBytes, doneFiles);
            tell(other -> other.nodeProgress(operationId, step, node, doneBytes, doneFiles));
        }

        @Override
        public void note(String operationId, String message) {
            first.note(operationId, message);
            tell(other -> other.note(operationId, message));
        }

        @Override
        public void lockRenewed(String operationId) {
            first.lockRenewed(operationId);
            tell(other -> other.lockRenewed(operationId));
        }

        @Override
        public void lockRenewalFailed(String operationId, String reason) {
            first.lockRenewalFailed(operationId, reason);
            tell(other -> other.lockRenewalFailed(operationId, reason));
        }

        private void tell(Consumer<OperationListener> telling) {
            others.forEach(other -> quietly(() -> telling.accept(other)));
        }
    }
}

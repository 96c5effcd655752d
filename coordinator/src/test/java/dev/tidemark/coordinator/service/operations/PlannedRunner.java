package dev.tidemark.coordinator.service.operations;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.operation.OperationSummary;
import dev.tidemark.coordinator.operation.OperationSummary.Outcome;
import dev.tidemark.kvs.ErrorCode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** Does as the test says, and notes who was at it at the same time. */
public final class PlannedRunner implements OrderRunner {
    public final List<String> calls = Collections.synchronizedList(new ArrayList<>());
    final Map<String, Outcome> journal = Collections.synchronizedMap(new HashMap<>());
    volatile boolean isTooFarToCancel;
    volatile Runnable beforeBegin = () -> {};

    private final Map<String, CountDownLatch> gates = Collections.synchronizedMap(new HashMap<>());
    private final Map<String, CountDownLatch> entered = Collections.synchronizedMap(new HashMap<>());
    private volatile CoordinatorException failure;

    /** Lets an operation on a namespace wait until {@link #open}. */
    public void hold(String namespace) {
        gates.put(namespace, new CountDownLatch(1));
        entered.put(namespace, new CountDownLatch(1));
    }

    public void open(String namespace) {
        gates.get(namespace).countDown();
    }

    public void awaitEntered(String namespace) throws InterruptedException {
        entered.get(namespace).await();
    }

    public void failWith(CoordinatorException planned) {
        failure = planned;
    }

    @Override
    public Object run(String namespace, OperationOrder order, OperationListener listener) {
        String id = order.type() + "-" + namespace + "-" + calls.size();
        calls.add("begin " + id);
        journal.put(id, Outcome.UNFINISHED);
        beforeBegin.run();
        listener.operationStarted(id, order.type(), namespace, false);
        listener.stepStarted(id, "copy");
        listener.progress(id, "copy", 5, 10, 1);
        listener.nodeProgress(id, "copy", "main/n1", 5, 1);
        passGate(namespace);
        if (failure != null) {
            throw failure;
        }
        listener.stepFinished(id, "copy");
        calls.add("end " + id);
        journal.put(id, Outcome.SUCCEEDED);
        return Map.of("done", id);
    }

    @Override
    public OperationSummary cancel(String namespace, String operationId, OperationListener listener) {
        calls.add("cancel " + operationId);
        if (isTooFarToCancel) {
            throw new CoordinatorException(ErrorCode.NOT_ALLOWED_NOW, "too far", "");
        }
        journal.put(operationId, Outcome.CANCELLED);
        return find(namespace, operationId).orElseThrow();
    }

    @Override
    public OperationSummary resume(String namespace, OperationListener listener) {
        calls.add("resume " + namespace);
        passGate(namespace);
        return new OperationSummary(
                namespace, "resumed", "restore", 1, Outcome.SUCCEEDED, Instant.EPOCH, Instant.EPOCH, List.of(), "", "");
    }

    @Override
    public Optional<OperationSummary> find(String namespace, String operationId) {
        return Optional.ofNullable(journal.get(operationId))
                .map(outcome -> new OperationSummary(
                        namespace,
                        operationId,
                        "backup",
                        1,
                        outcome,
                        Instant.EPOCH,
                        Instant.EPOCH,
                        List.of(),
                        "",
                        "the reason"));
    }

    private void passGate(String namespace) {
        CountDownLatch gate = gates.get(namespace);
        if (gate == null) {
            return;
        }
        entered.get(namespace).countDown();
        try {
            gate.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CoordinatorException(ErrorCode.INTERRUPTED, "interrupted", "", e);
        }
    }
}

package dev.tidemark.coordinator.service.operations;

import dev.tidemark.coordinator.operation.OperationListener;
import dev.tidemark.coordinator.service.operations.OrderStatus.NodeProgress;
import dev.tidemark.coordinator.service.operations.OrderStatus.Progress;
import dev.tidemark.coordinator.service.operations.OrderStatus.State;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/** An order that this process has taken on, and how far it is. Thread-safe. */
final class OrderProgress implements OperationListener {
    static final int MAX_NOTES = 50;
    static final int MAX_NODES = 500;

    private final AcceptedOrder order;
    private final Consumer<String> begun;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    private State state = State.QUEUED;
    private long revision = 1;
    private String operationId = "";
    private List<String> stepsDone = new ArrayList<>();
    private String currentStep = "";
    private Progress progress = Progress.NONE;
    private final NavigableMap<String, NodeProgress> nodes = new TreeMap<>();
    private final Deque<String> notes = new ArrayDeque<>();
    private OrderEnd end;

    /** @param begun is told the id of the operation, before the first step */
    OrderProgress(AcceptedOrder order, Consumer<String> begun) {
        this.order = order;
        this.begun = begun;
    }

    AcceptedOrder order() {
        return order;
    }

    String operationId() {
        lock.lock();
        try {
            return operationId;
        } finally {
            lock.unlock();
        }
    }

    void running() {
        change(() -> state = State.RUNNING);
    }

    /** What the archive says of an order that this process has not got. */
    void begunElsewhere(String id) {
        change(() -> {
            operationId = id;
            state = State.RUNNING;
        });
    }

    void ended(OrderEnd newEnd) {
        change(() -> {
            end = newEnd;
            state = stateOf(newEnd);
            currentStep = "";
            operationId = newEnd.operationId();
        });
    }

    /** Returns where an order is that has ended in this way. */
    static State stateOf(OrderEnd end) {
        return switch (end.outcome()) {
            case SUCCEEDED -> State.SUCCEEDED;
            case FAILED -> State.FAILED;
            case CANCELLED -> State.CANCELLED;
            case UNFINISHED -> throw new IllegalArgumentException("end: " + end + " (expected: a final one)");
        };
    }

    OrderStatus status() {
        lock.lock();
        try {
            return new OrderStatus(
                    order.id(),
                    order.namespace(),
                    order.order().type(),
                    order.order(),
                    state,
                    revision,
                    order.by(),
                    order.acceptedAt(),
                    operationId,
                    stepsDone,
                    currentStep,
                    new Progress(
                            progress.doneBytes(),
                            progress.totalBytes(),
                            progress.doneItems(),
                            List.copyOf(nodes.values())),
                    List.copyOf(notes),
                    end == null ? null : end.endedAt(),
                    end == null ? null : end.report(),
                    end == null ? null : end.problem());
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the revision is greater than the given one or the order has ended, not for longer than the limit. */
    OrderStatus await(long afterRevision, Duration limit) throws InterruptedException {
        long left = limit.toNanos();
        lock.lockInterruptibly();
        try {
            while (revision <= afterRevision && end == null && left > 0) {
                left = changed.awaitNanos(left);
            }
            return status();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void operationStarted(String id, String type, String namespace, boolean isResumed) {
        OrderLog.begun(id);
        begun.accept(id);
        change(() -> {
            operationId = id;
            stepsDone = new ArrayList<>();
            if (isResumed) {
                addNote("goes on with " + type + " '" + id + "', which was interrupted");
            }
        });
    }

    @Override
    public void stepStarted(String id, String step) {
        change(() -> {
            currentStep = step;
            progress = Progress.NONE;
            nodes.clear();
        });
    }

    @Override
    public void stepFinished(String id, String step) {
        change(() -> {
            stepsDone.add(step);
            currentStep = "";
        });
    }

    @Override
    public void progress(String id, String step, long doneBytes, long totalBytes, long doneItems) {
        change(() -> progress = new Progress(doneBytes, totalBytes, doneItems, List.of()));
    }

    @Override
    public void nodeProgress(String id, String step, String node, long doneBytes, long doneFiles) {
        change(() -> {
            if (nodes.containsKey(node) || nodes.size() < MAX_NODES) {
                nodes.put(node, new NodeProgress(node, doneBytes, doneFiles));
            }
        });
    }

    @Override
    public void note(String id, String message) {
        change(() -> addNote(message));
    }

    private void addNote(String message) {
        notes.addLast(message);
        if (notes.size() > MAX_NOTES) {
            notes.removeFirst();
        }
    }

    private void change(Runnable change) {
        lock.lock();
        try {
            change.run();
            revision++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}

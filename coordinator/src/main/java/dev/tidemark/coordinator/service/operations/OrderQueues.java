package dev.tidemark.coordinator.service.operations;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.service.operations.OperationDesk.Overlap;
import dev.tidemark.kvs.ErrorCode;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The orders that this process has taken: which one is next on each namespace, and which ones are carried out. Knows nothing of the
 * archive, and does not block but in {@link #awaitIdle}. Thread-safe.
 */
final class OrderQueues {
    /** Orders that have ended and can still be asked for without the archive. */
    private static final int MAX_REMEMBERED = 200;

    private final DeskLimits limits;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<String, Deque<TakenOrder>> queues = new HashMap<>();
    private final Map<String, TakenOrder> known = new LinkedHashMap<>();
    private final Map<String, Integer> reserved = new HashMap<>();
    private final Set<TakenOrder> started = new HashSet<>();

    /** Orders at the head of their queue that another process seems to work on. */
    private final Set<TakenOrder> left = new HashSet<>();

    private Mode mode = Mode.STANDBY;

    OrderQueues(DeskLimits limits) {
        this.limits = limits;
    }

    private enum Mode {
        /** Orders can be put in, and none is begun. */
        STANDBY,
        OPEN,
        CLOSED
    }

    void open() {
        locked(() -> mode = mode == Mode.CLOSED ? Mode.CLOSED : Mode.OPEN);
    }

    /** Nothing is begun any more; returns what is to be stopped. */
    List<TakenOrder> standDown() {
        lock.lock();
        try {
            mode = mode == Mode.CLOSED ? Mode.CLOSED : Mode.STANDBY;
            return List.copyOf(started);
        } finally {
            lock.unlock();
        }
    }

    /** Nothing is begun any more, for good; returns what is to be stopped. */
    List<TakenOrder> close() {
        lock.lock();
        try {
            mode = Mode.CLOSED;
            return List.copyOf(started);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until nothing is carried out, and forgets what has not ended.
     *
     * @return how many orders are still being carried out after the limit
     */
    int awaitIdle(Duration limit) {
        long nanos = limit.toNanos();
        lock.lock();
        try {
            while (!started.isEmpty() && nanos > 0) {
                nanos = changed.awaitNanos(nanos);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            queues.values().forEach(queue -> queue.removeIf(taken -> !started.contains(taken)));
            known.values()
                    .removeIf(taken -> !started.contains(taken)
                            && !taken.progress().status().hasEnded());
            left.clear();
            lock.unlock();
        }
        return started();
    }

    /**
     * Makes room for an order.
     *
     * @throws CoordinatorException as {@link OperationDesk#accept}
     */
    void reserve(String namespace, Overlap overlap) {
        lock.lock();
        try {
            requireOpen();
            int present = queue(namespace).size() + reserved.getOrDefault(namespace, 0);
            if (present > 0 && overlap == Overlap.REFUSE) {
                throw new CoordinatorException(
                        ErrorCode.OPERATION_IN_PROGRESS,
                        "namespace '" + namespace + "' is busy with " + present + " orders",
                        "Wait for them, or let the order wait ('ifBusy': 'queue').");
            }
            if (present >= limits.queuedPerNamespace()) {
                throw new CoordinatorException(
                        ErrorCode.OPERATION_IN_PROGRESS,
                        "namespace '" + namespace + "' has " + present + " orders that wait (expected: fewer than "
                                + limits.queuedPerNamespace() + ")",
                        "Ask again when some of them have ended.");
            }
            reserved.merge(namespace, 1, Integer::sum);
        } finally {
            lock.unlock();
        }
    }

    /** Ends what {@link #reserve} has begun. */
    void giveBack(String namespace) {
        locked(() -> reserved.merge(namespace, -1, Integer::sum));
    }

    /** Puts an order into the queue of its namespace, or returns the one of this id that is known. */
    TakenOrder put(TakenOrder order) {
        lock.lock();
        try {
            TakenOrder present = known.putIfAbsent(order.order().id(), order);
            if (present != null) {
                return present;
            }
            queue(order.order().namespace()).addLast(order);
            return order;
        } finally {
            lock.unlock();
        }
    }

    /** Returns the orders that may begin now, which count as begun from here on. */
    List<TakenOrder> begin() {
        List<TakenOrder> starting = new ArrayList<>();
        lock.lock();
        try {
            for (Deque<TakenOrder> queue : queues.values()) {
                TakenOrder first = queue.peekFirst();
                if (mode == Mode.OPEN
                        && started.size() < limits.parallelOperations()
                        && first != null
                        && !left.contains(first)
                        && started.add(first)) {
                    starting.add(first);
                }
            }
        } finally {
            lock.unlock();
        }
        return starting;
    }

    /** An order has been carried out, or was left: then it stays at the head of its queue until {@link #retryLeft}. */
    void finished(TakenOrder order) {
        lock.lock();
        try {
            started.remove(order);
            if (order.progress().status().hasEnded()) {
                queue(order.order().namespace()).remove(order);
            } else if (mode == Mode.OPEN && !order.isStopped()) {
                left.add(order);
            } else {
                queue(order.order().namespace()).remove(order);
                known.remove(order.order().id()); // another process has it, and what the archive says counts
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Lets the orders that were left be begun again. */
    void retryLeft() {
        locked(left::clear);
    }

    /** Takes an order out of its queue, unless it is carried out already. */
    boolean withdraw(TakenOrder order) {
        lock.lock();
        try {
            return !started.contains(order) && queue(order.order().namespace()).remove(order);
        } finally {
            lock.unlock();
        }
    }

    void forgetOldest() {
        lock.lock();
        try {
            Iterator<TakenOrder> oldest = known.values().iterator();
            while (known.size() > MAX_REMEMBERED && oldest.hasNext()) {
                if (oldest.next().progress().status().hasEnded()) {
                    oldest.remove();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    Optional<TakenOrder> find(String namespace, String id) {
        lock.lock();
        try {
            return Optional.ofNullable(known.get(id))
                    .filter(taken -> taken.order().namespace().equals(namespace));
        } finally {
            lock.unlock();
        }
    }

    /** Returns all that are known, the oldest first. */
    List<TakenOrder> all() {
        lock.lock();
        try {
            return List.copyOf(known.values());
        } finally {
            lock.unlock();
        }
    }

    boolean isBusy(String namespace) {
        lock.lock();
        try {
            return !queue(namespace).isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Returns how many wait or are carried out. */
    int unended() {
        lock.lock();
        try {
            return queues.values().stream().mapToInt(Deque::size).sum();
        } finally {
            lock.unlock();
        }
    }

    private int started() {
        lock.lock();
        try {
            return started.size();
        } finally {
            lock.unlock();
        }
    }

    private void requireOpen() {
        if (mode == Mode.CLOSED) {
            throw new CoordinatorException(
                    ErrorCode.INTERRUPTED, "the service is stopping", "Ask again when it is back.");
        }
        if (mode == Mode.STANDBY) {
            throw new CoordinatorException(
                    ErrorCode.NOT_LEADER,
                    "this instance does not lead, and takes no orders",
                    "Ask the one that leads, or ask again in a few seconds.");
        }
    }

    private Deque<TakenOrder> queue(String namespace) {
        return queues.computeIfAbsent(namespace, name -> new ArrayDeque<>());
    }

    private void locked(Runnable change) {
        lock.lock();
        try {
            change.run();
        } finally {
            lock.unlock();
        }
    }
}

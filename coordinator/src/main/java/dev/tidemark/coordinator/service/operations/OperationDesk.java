package dev.tidemark.coordinator.service.operations;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.kvs.ErrorCode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes orders and has them carried out: one after another on a namespace, several namespaces at a time. Thread-safe.
 *
 * <p>An order is in the archive before anybody is told that it was accepted. What is carried out when the process stops or dies has no
 * end there, and {@link #recover} of the next process takes it up: the operation goes on where it was. Nothing that runs is ever
 * stopped for the sake of another order.
 */
public final class OperationDesk implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OperationDesk.class);

    /** Orders that have ended and can still be asked for without the archive. */
    private static final int MAX_REMEMBERED = 200;

    /** As long an idempotency key is known, at least. */
    private static final int KEPT_MONTHS = 1;

    private final OrderBooks books;
    private final OrderRunner runner;
    private final Executor workers;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final DeskLimits limits;

    private final List<Consumer<OrderStatus>> endListeners = new CopyOnWriteArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<String, Deque<TakenOrder>> queues = new HashMap<>();
    private final Map<String, TakenOrder> known = new LinkedHashMap<>();
    private final Map<String, Integer> reserved = new HashMap<>();
    private final Set<TakenOrder> started = new HashSet<>();
    private boolean isClosed;

    /**
     * Creates a desk.
     *
     * @param workers runs what it gets on threads of its own; as many as there are parallel operations
     */
    public OperationDesk(
            OrderBooks books,
            OrderRunner runner,
            Executor workers,
            InstantSource clock,
            RandomGenerator random,
            DeskLimits limits) {
        this.books = books;
        this.runner = runner;
        this.workers = workers;
        this.clock = clock;
        this.random = random;
        this.limits = limits;
    }

    /** Has somebody told of each order that ends from now on, who must be quick; what is thrown is logged, and changes nothing. */
    public void whenEnded(Consumer<OrderStatus> listener) {
        endListeners.add(listener);
    }

    /**
     * Accepts an order; durable on return.
     *
     * @param by who asks for it
     * @param key makes the same request the same order when it comes again; empty for none
     * @param overlap what to do when the namespace is busy
     * @return where the order is, also when it was accepted before
     * @throws CoordinatorException {@link ErrorCode#OPERATION_IN_PROGRESS} when it would have to wait and must not, or too many wait,
     *     {@link ErrorCode#NOT_ALLOWED_NOW} when the key was used for another order, {@link ErrorCode#INTERRUPTED} when the desk is
     *     closed
     */
    public OrderStatus accept(String namespace, OperationOrder order, String by, String key, Overlap overlap) {
        OrderId id = OrderId.at(clock.instant(), key.isEmpty() ? newNumber() : OrderId.numberOf(namespace, by, key));
        Optional<OrderStatus> before = key.isEmpty() ? Optional.empty() : acceptedBefore(namespace, id);
        if (before.isPresent()) {
            requireSame(before.get(), order, key);
            return before.get();
        }
        reserve(namespace, overlap);
        try {
            OrderBook book = books.open(namespace);
            AcceptedOrder accepted = book.accept(new AcceptedOrder(
                    AcceptedOrder.FORMAT_VERSION, id.toString(), namespace, order, by, clock.instant()));
            TakenOrder taken = take(accepted, book, false);
            OrderStatus status = taken.progress().status();
            requireSame(status, order, key);
            return status;
        } finally {
            giveBack(namespace);
            startWhatCan();
        }
    }

    /**
     * Returns the id that an order has which is accepted at an instant with a key.
     *
     * @param key not empty
     */
    public String idOf(String namespace, String by, String key, Instant now) {
        return OrderId.at(now, OrderId.numberOf(namespace, by, key)).toString();
    }

    /** Tells whether a namespace has an order that waits or is carried out here. */
    public boolean isBusy(String namespace) {
        lock.lock();
        try {
            return !queue(namespace).isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Returns where an order is.
     *
     * @throws CoordinatorException {@link ErrorCode#UNKNOWN_OPERATION} when there is none of this id
     */
    public OrderStatus find(String namespace, String id) {
        OrderStatus found = findOrNull(namespace, id);
        if (found == null) {
            throw unknown(namespace, id);
        }
        return found;
    }

    /**
     * Waits until an order has got further than a revision or has ended.
     *
     * @param limit how long to wait at most
     * @throws CoordinatorException as {@link #find}
     * @throws InterruptedException when the thread is interrupted
     */
    public OrderStatus await(String namespace, String id, long afterRevision, Duration limit)
            throws InterruptedException {
        TakenOrder taken = takenOrNull(namespace, id);
        return taken == null ? find(namespace, id) : taken.progress().await(afterRevision, limit);
    }

    /** Returns the orders that this process knows, those of one namespace or all, the newest first. */
    public List<OrderStatus> list(String namespaceOrEmpty) {
        List<OrderStatus> found = new ArrayList<>();
        for (TakenOrder taken : snapshot()) {
            OrderStatus status = taken.progress().status();
            if (namespaceOrEmpty.isEmpty() || status.namespace().equals(namespaceOrEmpty)) {
                found.add(0, status);
            }
        }
        return found;
    }

    /**
     * Cancels an order. One that waits is not begun; one that runs is left at the end of its step and cleaned up. One that has gone
     * too far goes on, and says so in its notes.
     *
     * @throws CoordinatorException as {@link #find}, {@link ErrorCode#NOT_ALLOWED_NOW} when it has ended or another process has it
     */
    public OrderStatus cancel(String namespace, String id) {
        TakenOrder taken = takenOrNull(namespace, id);
        if (taken == null || taken.progress().status().hasEnded()) {
            OrderStatus status = find(namespace, id);
            throw new CoordinatorException(
                    ErrorCode.NOT_ALLOWED_NOW,
                    "order '" + id + "' "
                            + (status.hasEnded() ? "has ended: " + status.state() : "is with another process"),
                    "Only an order that waits or runs here can be cancelled.");
        }
        if (withdraw(taken)) {
            end(taken, taken.cancelled("", "cancelled before it began"));
        } else {
            taken.cancel();
        }
        return taken.progress().status();
    }

    /**
     * Takes up the orders of a namespace that an earlier process has accepted and not ended, the oldest first. Removes what has ended
     * before the last month.
     */
    public void recover(String namespace) {
        Optional<OrderBook> found = books.find(namespace);
        if (found.isEmpty()) {
            return;
        }
        OrderBook book = found.get();
        for (AcceptedOrder order : book.unended()) {
            take(order, book, true);
            LOG.info(
                    "order {} of {} is taken up: {}",
                    order.id(),
                    namespace,
                    order.order().type());
        }
        book.removeBefore(
                YearMonth.from(clock.instant().atOffset(ZoneOffset.UTC)).minusMonths(KEPT_MONTHS));
        startWhatCan();
    }

    /** Returns how many orders wait or are carried out. */
    public int unended() {
        lock.lock();
        try {
            return queues.values().stream().mapToInt(Deque::size).sum();
        } finally {
            lock.unlock();
        }
    }

    /** Interrupts what runs, which is left to be gone on with, and waits for it. Closing twice does nothing. */
    @Override
    public void close() {
        lock.lock();
        try {
            isClosed = true;
        } finally {
            lock.unlock();
        }
        snapshot().forEach(TakenOrder::stop);
        long left = limits.stopTimeout().toNanos();
        lock.lock();
        try {
            while (!started.isEmpty() && left > 0) {
                left = changed.awaitNanos(left);
            }
            if (!started.isEmpty()) {
                LOG.warn(
                        "{} operations have not stopped within {} s",
                        started.size(),
                        limits.stopTimeout().toSeconds());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    private void reserve(String namespace, Overlap overlap) {
        lock.lock();
        try {
            if (isClosed) {
                throw new CoordinatorException(
                        ErrorCode.INTERRUPTED, "the service is stopping", "Ask again when it is back.");
            }
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

    private void giveBack(String namespace) {
        lock.lock();
        try {
            reserved.merge(namespace, -1, Integer::sum);
        } finally {
            lock.unlock();
        }
    }

    /** Puts an order into the queue of its namespace, or finds it there. */
    private TakenOrder take(AcceptedOrder order, OrderBook book, boolean isLeftBehind) {
        lock.lock();
        try {
            TakenOrder present = known.get(order.id());
            if (present != null) {
                return present;
            }
            TakenOrder taken = new TakenOrder(order, book, runner, clock, isLeftBehind);
            known.put(order.id(), taken);
            queue(order.namespace()).addLast(taken);
            return taken;
        } finally {
            lock.unlock();
        }
    }

    private void startWhatCan() {
        List<TakenOrder> starting = new ArrayList<>();
        lock.lock();
        try {
            for (Deque<TakenOrder> queue : queues.values()) {
                TakenOrder first = queue.peekFirst();
                if (!isClosed
                        && started.size() < limits.parallelOperations()
                        && first != null
                        && !started.contains(first)) {
                    started.add(first);
                    starting.add(first);
                }
            }
        } finally {
            lock.unlock();
        }
        starting.forEach(taken -> workers.execute(() -> carryOut(taken)));
    }

    private void carryOut(TakenOrder taken) {
        try (OrderLog log = OrderLog.of(taken.order())) {
            OrderEnd end = taken.carryOut();
            if (end != null) {
                end(taken, end);
            }
        } finally {
            lock.lock();
            try {
                if (!taken.progress().status().hasEnded()) {
                    known.remove(taken.order().id()); // another process has it, and what the archive says counts
                }
                started.remove(taken);
                queue(taken.order().namespace()).remove(taken);
                changed.signalAll();
            } finally {
                lock.unlock();
            }
            startWhatCan();
        }
    }

    /** An end that can't be written down is told to who asks, and found again by the next process. */
    private void end(TakenOrder taken, OrderEnd end) {
        OrderEnd written = end;
        try {
            written = taken.book().end(taken.order().id(), end);
        } catch (CoordinatorException e) {
            LOG.warn(
                    "the end of order {} could not be written: {}",
                    taken.order().id(),
                    e.getMessage());
            taken.progress().note("", "its end could not be written: " + e.getMessage());
        }
        forgetOldest();
        taken.progress().ended(written);
        LOG.info("order {} of {}: {}", taken.order().id(), taken.order().namespace(), written.outcome());
        tellEnd(taken.progress().status());
    }

    /** Who listens fails for itself: the order has ended, and the next one is to begin. */
    private void tellEnd(OrderStatus ended) {
        for (Consumer<OrderStatus> listener : endListeners) {
            try {
                listener.accept(ended);
            } catch (RuntimeException e) {
                LOG.error("the end of order {} could not be told to everybody", ended.id(), e);
            }
        }
    }

    private void forgetOldest() {
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

    /** Takes an order out of its queue, unless it is carried out already. */
    private boolean withdraw(TakenOrder taken) {
        lock.lock();
        try {
            return !started.contains(taken) && queue(taken.order().namespace()).remove(taken);
        } finally {
            lock.unlock();
        }
    }

    private Deque<TakenOrder> queue(String namespace) {
        return queues.computeIfAbsent(namespace, name -> new ArrayDeque<>());
    }

    private List<TakenOrder> snapshot() {
        lock.lock();
        try {
            return List.copyOf(known.values());
        } finally {
            lock.unlock();
        }
    }

    private TakenOrder takenOrNull(String namespace, String id) {
        lock.lock();
        try {
            TakenOrder taken = known.get(id);
            return taken == null || !taken.order().namespace().equals(namespace) ? null : taken;
        } finally {
            lock.unlock();
        }
    }

    private OrderStatus findOrNull(String namespace, String id) {
        TakenOrder taken = takenOrNull(namespace, id);
        if (taken != null) {
            return taken.progress().status();
        }
        if (OrderId.parse(id).isEmpty()) {
            throw unknown(namespace, id);
        }
        return books.find(namespace).flatMap(book -> readStatus(book, id)).orElse(null);
    }

    private static Optional<OrderStatus> readStatus(OrderBook book, String id) {
        return book.find(id).map(order -> {
            OrderProgress progress = new OrderProgress(order, operationId -> {});
            book.operationId(id).ifPresent(progress::begunElsewhere);
            book.findEnd(id).ifPresent(progress::ended);
            return progress.status();
        });
    }

    /** A month may have begun since. */
    private Optional<OrderStatus> acceptedBefore(String namespace, OrderId id) {
        return Stream.of(id, id.before())
                .map(known -> findOrNull(namespace, known.toString()))
                .filter(Objects::nonNull)
                .findFirst();
    }

    private static void requireSame(OrderStatus status, OperationOrder order, String key) {
        if (!status.order().equals(order)) {
            throw new CoordinatorException(
                    ErrorCode.NOT_ALLOWED_NOW,
                    "the idempotency key '" + key + "' was used for another order: '" + status.id() + "'",
                    "Use a new key for each order.");
        }
    }

    private static CoordinatorException unknown(String namespace, String id) {
        return new CoordinatorException(
                ErrorCode.UNKNOWN_OPERATION,
                "namespace '" + namespace + "' has no order '" + id + "'",
                "Look at the list of orders and operations for the ids.");
    }

    private ObjectId newNumber() {
        return new ObjectId(random.nextLong(), random.nextLong());
    }

    /** What to do with an order for a namespace that has others. */
    public enum Overlap {
        /** It waits for them. */
        QUEUE,
        /** It is refused. */
        REFUSE
    }
}

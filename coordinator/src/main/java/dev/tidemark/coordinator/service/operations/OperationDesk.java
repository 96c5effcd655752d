package dev.tidemark.coordinator.service.operations;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.archive.object.ObjectId;
import dev.tidemark.kvs.ErrorCode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes orders and has them carried out: one after another on a namespace, several namespaces at a time. Thread-safe.
 *
 * <p>An order is in the archive before anybody is told that it was accepted. What is carried out when the process stops or dies has no
 * end there, and {@link #recover} of whoever leads next takes it up: the operation goes on where it was. Nothing that runs is ever
 * stopped for the sake of another order.
 */
public final class OperationDesk implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OperationDesk.class);

    /** As long an idempotency key is known, at least. */
    private static final int KEPT_MONTHS = 1;

    private final OrderBooks books;
    private final OrderRunner runner;
    private final Executor workers;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final DeskLimits limits;
    private final BooleanSupplier leads;
    private final OrderQueues queues;
    private final List<Consumer<OrderStatus>> endListeners = new CopyOnWriteArrayList<>();

    /**
     * Creates a desk that takes no orders before {@link #open}.
     *
     * @param workers runs what it gets on threads of its own; as many as there are parallel operations
     * @param leads tells whether this process leads; as long as it does not, nothing is begun
     */
    public OperationDesk(
            OrderBooks books,
            OrderRunner runner,
            Executor workers,
            InstantSource clock,
            RandomGenerator random,
            DeskLimits limits,
            BooleanSupplier leads) {
        this.books = books;
        this.runner = runner;
        this.workers = workers;
        this.clock = clock;
        this.random = random;
        this.limits = limits;
        this.leads = leads;
        queues = new OrderQueues(limits);
    }

    /** Takes orders from now on, and begins those that wait. */
    public void open() {
        queues.open();
        startWhatCan();
    }

    /**
     * Takes no orders any more until {@link #open}. Interrupts what runs, which is left to be gone on with by whoever leads, and waits
     * for it.
     */
    public void standDown() {
        stop(queues.standDown());
    }

    /** As {@link #standDown}, for good. Closing twice does nothing. */
    @Override
    public void close() {
        stop(queues.close());
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
     *     {@link ErrorCode#NOT_ALLOWED_NOW} when the key was used for another order, {@link ErrorCode#NOT_LEADER} when another process
     *     takes the orders, {@link ErrorCode#INTERRUPTED} when the desk is closed
     */
    public OrderStatus accept(String namespace, OperationOrder order, String by, String key, Overlap overlap) {
        OrderId id = OrderId.at(clock.instant(), key.isEmpty() ? newNumber() : OrderId.numberOf(namespace, by, key));
        Optional<OrderStatus> before = key.isEmpty() ? Optional.empty() : acceptedBefore(namespace, id);
        if (before.isPresent()) {
            requireSame(before.get(), order, key);
            takeUp(before.get());
            return before.get();
        }
        queues.reserve(namespace, overlap);
        try {
            OrderBook book = books.open(namespace);
            AcceptedOrder accepted = book.accept(new AcceptedOrder(
                    AcceptedOrder.FORMAT_VERSION, id.toString(), namespace, order, by, clock.instant()));
            OrderStatus status = take(accepted, book, false).progress().status();
            requireSame(status, order, key);
            return status;
        } finally {
            queues.giveBack(namespace);
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
        return queues.isBusy(namespace);
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
        Optional<TakenOrder> taken = queues.find(namespace, id);
        return taken.isEmpty() ? find(namespace, id) : taken.get().progress().await(afterRevision, limit);
    }

    /**
     * Returns the orders that this process knows, those of one namespace or all, the newest first.
     *
     * @throws CoordinatorException {@link ErrorCode#UNKNOWN_NAMESPACE} when it is not configured
     */
    public List<OrderStatus> list(String namespaceOrEmpty) {
        if (!namespaceOrEmpty.isEmpty()) {
            books.requireConfigured(namespaceOrEmpty);
        }
        List<OrderStatus> found = new ArrayList<>();
        for (TakenOrder taken : queues.all()) {
            OrderStatus status = taken.progress().status();
            if (namespaceOrEmpty.isEmpty() || status.namespace().equals(namespaceOrEmpty)) {
                found.add(0, status);
            }
        }
        return found;
    }

    /**
     * Cancels an order. One that waits is not begun; one that runs is left at the end of its step and cleaned up, and so is one that
     * another process has begun when it is taken up. One that has gone too far goes on, and says so in its notes.
     *
     * @throws CoordinatorException as {@link #find}, {@link ErrorCode#NOT_ALLOWED_NOW} when it has ended or another process has it
     */
    public OrderStatus cancel(String namespace, String id) {
        TakenOrder taken = queues.find(namespace, id).orElse(null);
        if (taken == null || taken.progress().status().hasEnded()) {
            OrderStatus status = find(namespace, id);
            throw new CoordinatorException(
                    ErrorCode.NOT_ALLOWED_NOW,
                    "order '" + id + "' "
                            + (status.hasEnded() ? "has ended: " + status.state() : "is with another process"),
                    "Only an order that waits or runs here can be cancelled.");
        }
        if (!taken.hasBegun() && queues.withdraw(taken)) {
            end(taken, taken.cancelled("", "cancelled before it began"));
        } else {
            taken.cancel();
        }
        return taken.progress().status();
    }

    /**
     * Takes up the orders of a namespace that another process has accepted and not ended, the oldest first, as far as they are not
     * known here. Removes what has ended before the last month.
     */
    public void recover(String namespace) {
        Optional<OrderBook> found = books.find(namespace);
        if (found.isEmpty()) {
            return;
        }
        OrderBook book = found.get();
        for (AcceptedOrder order : book.unended()) {
            if (queues.find(namespace, order.id()).isEmpty()) {
                take(order, book, true);
                LOG.info(
                        "order {} of {} is taken up: {}",
                        order.id(),
                        namespace,
                        order.order().type());
            }
        }
        book.removeBefore(
                YearMonth.from(clock.instant().atOffset(ZoneOffset.UTC)).minusMonths(KEPT_MONTHS));
        startWhatCan();
    }

    /** Looks again after the orders that seemed to be with another process, or of which the archive could not tell. */
    public void retryLeft() {
        queues.retryLeft();
        startWhatCan();
    }

    /** Tells whether this process leads; only then is anything begun. */
    public boolean leads() {
        return leads.getAsBoolean();
    }

    /** Returns how many orders wait or are carried out. */
    public int unended() {
        return queues.unended();
    }

    private void stop(List<TakenOrder> running) {
        running.forEach(TakenOrder::stop);
        int left = queues.awaitIdle(limits.stopTimeout());
        if (left > 0) {
            LOG.warn(
                    "{} operations have not stopped within {} s",
                    left,
                    limits.stopTimeout().toSeconds());
        }
    }

    /** An order that is repeated by its key and that nobody here knows was accepted by another process, perhaps unseen by this one. */
    private void takeUp(OrderStatus status) {
        if (!status.hasEnded()
                && leads.getAsBoolean()
                && queues.find(status.namespace(), status.id()).isEmpty()) {
            recover(status.namespace());
        }
    }

    private TakenOrder take(AcceptedOrder order, OrderBook book, boolean isLeftBehind) {
        TakenOrder taken = new TakenOrder(order, book, runner, clock, isLeftBehind);
        if (isLeftBehind) {
            book.operationId(order.id()).ifPresent(taken.progress()::begunElsewhere);
        }
        return queues.put(taken);
    }

    private void startWhatCan() {
        if (leads.getAsBoolean()) {
            queues.begin().forEach(taken -> workers.execute(() -> carryOut(taken)));
        }
    }

    private void carryOut(TakenOrder taken) {
        try (OrderLog log = OrderLog.of(taken.order())) {
            OrderEnd end = taken.carryOut();
            if (end != null) {
                end(taken, end);
            }
        } finally {
            queues.finished(taken);
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
        queues.forgetOldest();
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

    private OrderStatus findOrNull(String namespace, String id) {
        Optional<TakenOrder> taken = queues.find(namespace, id);
        if (taken.isPresent()) {
            return taken.get().progress().status();
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

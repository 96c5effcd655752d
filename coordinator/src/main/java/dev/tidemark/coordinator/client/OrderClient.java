package dev.tidemark.coordinator.client;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.service.operations.OperationDesk.Overlap;
import dev.tidemark.coordinator.service.operations.OperationOrder;
import dev.tidemark.coordinator.service.operations.OrderStatus;
import dev.tidemark.coordinator.service.rest.OrderResource.Orders;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.time.Sleeper;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** The orders of a service: to give them, to watch them, to cancel them. Throws as {@link ServiceClient} does. Thread-safe. */
public final class OrderClient {
    private static final Duration BETWEEN_STREAMS = Duration.ofMillis(500);
    private static final int KEY_BYTES = 16;

    private final ServiceCalls calls;
    private final Sleeper sleeper;
    private final RandomGenerator random;

    OrderClient(ServiceCalls calls, Sleeper sleeper, RandomGenerator random) {
        this.calls = calls;
        this.sleeper = sleeper;
        this.random = random;
    }

    /** Gives an order; it is durable on return. Sent again when its answer is lost, it is the same order. */
    public OrderStatus give(String namespace, OperationOrder order, OrderTerms terms) {
        String path = ServiceCalls.path(namespace, "orders", order.type())
                + (terms.overlap() == Overlap.REFUSE ? "?ifBusy=refuse" : "");
        boolean hasFields = order.getClass().getRecordComponents().length > 0;
        return calls.send(
                calls.change("POST", path, hasFields ? order : null)
                        .with("Idempotency-Key", terms.idempotencyKey().isEmpty() ? newKey() : terms.idempotencyKey())
                        .with("Tidemark-Approval", terms.approval())
                        .repeatable(),
                OrderStatus.class);
    }

    /** Returns the orders of a namespace that the service remembers, newest first. */
    public List<OrderStatus> list(String namespace) {
        return calls.get(ServiceCalls.path(namespace, "orders"), Orders.class).orders();
    }

    /** Returns where an order is. */
    public OrderStatus find(String namespace, String order) {
        return calls.get(ServiceCalls.path(namespace, "orders", order), OrderStatus.class);
    }

    /** Cancels an order, and returns where it is; see docs/service.rst for what that does. */
    public OrderStatus cancel(String namespace, String order) {
        return calls.delete(ServiceCalls.path(namespace, "orders", order), OrderStatus.class);
    }

    /**
     * Follows an order until it has ended. A connection that is lost is made anew, also to another instance.
     *
     * @param listener is told of each change, one after another, on a thread of the client; it must not block for long
     * @return how the order has ended
     */
    public OrderStatus follow(String namespace, String order, Consumer<OrderStatus> listener) {
        String path = ServiceCalls.path(namespace, "orders", order, "events");
        AtomicReference<OrderStatus> last = new AtomicReference<>(find(namespace, order));
        while (!last.get().hasEnded()) {
            try (EventStream events = new EventStream(data -> {
                OrderStatus status = calls.read(data, OrderStatus.class, path);
                last.set(status);
                listener.accept(status);
            })) {
                stream(path, last.get().revision(), events);
            }
            if (!last.get().hasEnded()) {
                pause();
            }
        }
        return last.get();
    }

    /** Returns what a successful order has reported, or nothing when it is of another type, as when another process has ended it. */
    public <T extends Record> Optional<T> report(OrderStatus status, Class<T> type) {
        return calls.find(status.report(), type);
    }

    private void stream(String path, long afterRevision, EventStream events) {
        try {
            calls.stream(path, afterRevision, events);
        } catch (CoordinatorException e) {
            if (e.code() != ErrorCode.SERVICE_UNAVAILABLE || !events.hasBegun()) {
                throw e;
            }
            // The connection was there, and is lost: whoever answers next goes on with it.
        }
    }

    private void pause() {
        try {
            sleeper.sleep(BETWEEN_STREAMS);
        } catch (InterruptedException e) {
            throw ServiceErrors.interrupted(e);
        }
    }

    private String newKey() {
        byte[] bytes = new byte[KEY_BYTES];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}

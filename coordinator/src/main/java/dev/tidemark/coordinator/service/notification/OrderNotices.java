package dev.tidemark.coordinator.service.notification;

import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.coordinator.service.operations.OrderProblem;
import dev.tidemark.coordinator.service.operations.OrderStatus;
import java.util.Map;
import java.util.function.Consumer;

/** Makes a notification of each order that ends. Thread-safe. */
public final class OrderNotices implements Consumer<OrderStatus> {
    private final Consumer<Notification> told;
    private final EngineSeams seams;

    /** @param told gets the notifications; must not wait */
    public OrderNotices(Consumer<Notification> told, EngineSeams seams) {
        this.told = told;
        this.seams = seams;
    }

    @Override
    public void accept(OrderStatus ended) {
        NotificationEvent event =
                switch (ended.state()) {
                    case SUCCEEDED -> NotificationEvent.ORDER_SUCCEEDED;
                    case CANCELLED -> NotificationEvent.ORDER_CANCELLED;
                    default -> NotificationEvent.ORDER_FAILED;
                };
        OrderProblem problem = ended.problem();
        String verb =
                switch (event) {
                    case ORDER_SUCCEEDED -> "has succeeded";
                    case ORDER_CANCELLED -> "was cancelled";
                    default -> "has failed";
                };
        told.accept(Notification.of(
                event,
                seams.clock().instant(),
                seams.host(),
                ended.type() + " of namespace '" + ended.namespace() + "' " + verb,
                Map.of(
                        "namespace", ended.namespace(),
                        "type", ended.type(),
                        "order", ended.id(),
                        "operation", ended.operationId(),
                        "by", ended.by(),
                        "message", problem == null ? "" : problem.message(),
                        "hint", problem == null ? "" : problem.hint())));
    }
}

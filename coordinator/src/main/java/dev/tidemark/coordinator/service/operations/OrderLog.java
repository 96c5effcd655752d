package dev.tidemark.coordinator.service.operations;

import org.slf4j.MDC;

/** What every line of the log says that is written while an order is carried out, for who searches it by these keys. */
final class OrderLog implements AutoCloseable {
    static final String NAMESPACE = "namespace";
    static final String ORDER = "order";
    static final String OPERATION = "operation";

    private OrderLog() {}

    /** The lines of this thread are about an order from now on, until it is closed. */
    static OrderLog of(AcceptedOrder order) {
        MDC.put(NAMESPACE, order.namespace());
        MDC.put(ORDER, order.id());
        MDC.remove(OPERATION);
        return new OrderLog();
    }

    /** The order has come to an operation. */
    static void begun(String operationId) {
        MDC.put(OPERATION, operationId);
    }

    @Override
    public void close() {
        MDC.remove(NAMESPACE);
        MDC.remove(ORDER);
        MDC.remove(OPERATION);
    }
}

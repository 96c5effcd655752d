package dev.tidemark.coordinator.service.task;

import dev.tidemark.coordinator.service.access.Role;
import dev.tidemark.coordinator.service.access.SensitiveOperation;
import dev.tidemark.coordinator.service.operations.OperationDesk;
import dev.tidemark.coordinator.service.operations.OperationDesk.Overlap;
import dev.tidemark.coordinator.service.operations.OperationOrder;
import dev.tidemark.coordinator.service.operations.OrderStatus;
import dev.tidemark.coordinator.service.operations.OrderStatus.State;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** A task that gives an order and shows how far it is until it has ended. Who goes away does not end the order. */
final class OrderTask extends ServiceTask {
    private static final String IF_BUSY = "ifBusy";
    private static final String WAIT = "wait";
    private static final Duration WAIT_LIMIT = Duration.ofSeconds(5);
    private static final int MAX_KEY = 200;

    private final OperationDesk desk;
    private final Function<TaskParameters, OperationOrder> order;

    /**
     * Creates a task.
     *
     * @param order makes the order of the parameters; throws when they are not acceptable
     */
    OrderTask(
            String name,
            TaskTools tools,
            Role role,
            SensitiveOperation sensitive,
            Set<String> parameters,
            OperationDesk desk,
            Function<TaskParameters, OperationOrder> order) {
        super(name, tools, role, sensitive, withOptions(parameters));
        this.desk = desk;
        this.order = order;
    }

    private static Set<String> withOptions(Set<String> parameters) {
        Set<String> all = new TreeSet<>(parameters);
        all.add(IF_BUSY);
        all.add(WAIT);
        return all;
    }

    @Override
    void run(String namespace, TaskParameters given, TaskCall call, TaskLines lines) {
        OperationOrder wanted = order(given);
        Overlap overlap = overlap(given);
        boolean isWaiting = given.flag(WAIT, true);
        requireKey(call.key());
        requireApproval(namespace, call);
        OrderStatus status = desk.accept(namespace, wanted, call.caller().name(), call.key(), overlap);
        lines.line("order " + status.id() + " of namespace " + namespace + " is accepted: " + wanted.type());
        if (isWaiting) {
            follow(status, lines);
        } else {
            lines.ok(status.id());
        }
    }

    private OperationOrder order(TaskParameters given) {
        try {
            return order.apply(given);
        } catch (IllegalArgumentException e) {
            throw TaskParameters.invalid(String.valueOf(e.getMessage()), "Correct the query.");
        }
    }

    private static Overlap overlap(TaskParameters given) {
        String word = given.oneOrNull(IF_BUSY);
        if (word == null || word.equals("queue")) {
            return Overlap.QUEUE;
        }
        if (word.equals("refuse")) {
            return Overlap.REFUSE;
        }
        throw TaskParameters.invalid(
                "'" + IF_BUSY + "' is '" + TaskParameters.shown(word) + "' (expected: queue or refuse)",
                "Correct the query.");
    }

    private static void requireKey(String key) {
        if (!key.matches("[\\x21-\\x7e]{0," + MAX_KEY + "}")) {
            throw TaskParameters.invalid(
                    "the header 'Idempotency-Key' is not acceptable (expected: at most " + MAX_KEY
                            + " visible ASCII characters)",
                    "Use a shorter one.");
        }
    }

    private void follow(OrderStatus accepted, TaskLines lines) {
        OrderNews news = new OrderNews(lines);
        OrderStatus status = accepted;
        try {
            news.tell(status);
            while (!status.hasEnded() && !lines.isAbandoned()) {
                status = desk.await(status.namespace(), status.id(), status.revision(), WAIT_LIMIT);
                news.tell(status);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            lines.error("INTERRUPTED", "the service is stopping", "The order goes on when it is back.");
            return;
        }
        if (status.state() == State.SUCCEEDED) {
            lines.ok(status.operationId().isEmpty() ? status.id() : status.operationId());
        } else if (status.problem() != null) {
            lines.error(
                    status.problem().code(),
                    status.problem().message(),
                    status.problem().hint());
        } else if (status.hasEnded()) {
            lines.error("OPERATION_CANCELLED", "the order has ended: " + status.state(), "");
        }
    }
}

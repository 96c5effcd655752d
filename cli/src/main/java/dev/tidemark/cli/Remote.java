package dev.tidemark.cli;

import dev.tidemark.cli.output.CliException;
import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.client.OrderTerms;
import dev.tidemark.coordinator.client.ServiceClient;
import dev.tidemark.coordinator.service.operations.OperationDesk.Overlap;
import dev.tidemark.coordinator.service.operations.OperationOrder;
import dev.tidemark.coordinator.service.operations.OrderStatus;
import dev.tidemark.coordinator.service.view.NamespaceView;
import dev.tidemark.kvs.ErrorCode;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The coordinator service that the command line names, and how its orders are shown. Not thread-safe. */
final class Remote {
    private final Session session;
    private final ServiceClient client;

    Remote(Session session) {
        this.session = session;
        Surroundings surroundings = session.surroundings();
        client = new ServiceClient(
                session.options().server().settings(surroundings.environment(), session::resolve),
                surroundings.sleeper(),
                surroundings.monotonicClock(),
                surroundings.random());
    }

    ServiceClient client() {
        return client;
    }

    /**
     * Returns a namespace; the service says whether there is such a one.
     *
     * @param given a name, or null for the only one that the caller may see
     */
    String namespace(String given) {
        if (given != null) {
            return given;
        }
        List<String> all = namespaces(null);
        if (all.size() != 1) {
            throw new CliException(
                    ErrorCode.USAGE,
                    "the service has " + all.size() + " namespaces for you, and none is named",
                    "Name one of: " + String.join(", ", all) + ".");
        }
        return all.get(0);
    }

    /** Returns the given namespace, or all that the caller may see when it is null. */
    List<String> namespaces(String given) {
        return given == null
                ? client.namespaces().stream().map(NamespaceView::namespace).toList()
                : List.of(given);
    }

    /**
     * Gives an order, follows it to its end and shows its report.
     *
     * @param type of the report
     * @param show shows a report of this type
     * @return the exit code
     */
    <T extends Record> int run(String namespace, OperationOrder order, Class<T> type, Consumer<T> show) {
        OrderStatus ended = finish(namespace, order);
        Optional<T> report = client.orders().report(ended, type);
        if (report.isPresent()) {
            show.accept(report.get());
        } else {
            OrderCommands.show(session, ended);
        }
        return 0;
    }

    /** Gives an order and follows it to its end; throws as {@link #follow}. */
    OrderStatus finish(String namespace, OperationOrder order) {
        OrderTerms terms =
                new OrderTerms(Overlap.QUEUE, "", session.options().server().approval());
        return follow(client.orders().give(namespace, order, terms));
    }

    /**
     * Follows an order to its end.
     *
     * @throws CliException with the code of its problem when it has not succeeded, and {@link ErrorCode#INTERRUPTED} when this process is
     *     told to stop: the order goes on
     */
    OrderStatus follow(OrderStatus order) {
        try {
            RemoteProgress progress = new RemoteProgress(session.progress());
            progress.accept(order);
            OrderStatus ended = client.orders().follow(order.namespace(), order.id(), progress);
            progress.accept(ended);
            session.endProgress();
            return succeeded(ended);
        } catch (CoordinatorException e) {
            session.endProgress();
            if (e.code() == ErrorCode.INTERRUPTED || e.code() == ErrorCode.SERVICE_UNAVAILABLE) {
                throw leftRunning(order, e);
            }
            throw e;
        }
    }

    /**
     * Cancels an order.
     *
     * @param id of the order, or of the operation that it came to
     */
    OrderStatus cancel(String namespace, String id) {
        String order = client.orders().list(namespace).stream()
                .filter(known -> known.operationId().equals(id))
                .map(OrderStatus::id)
                .findFirst()
                .orElse(id);
        return client.orders().cancel(namespace, order);
    }

    private static OrderStatus succeeded(OrderStatus order) {
        if (order.state() == OrderStatus.State.SUCCEEDED) {
            return order;
        }
        if (order.problem() == null) {
            throw new CliException(
                    ErrorCode.OPERATION_CANCELLED,
                    "order '" + order.id() + "' of namespace '" + order.namespace() + "' was cancelled",
                    "Give it again if it is still wanted.");
        }
        throw new CliException(
                code(order.problem().code()),
                order.problem().message(),
                order.problem().hint());
    }

    private static ErrorCode code(String name) {
        return Arrays.stream(ErrorCode.values())
                .filter(code -> code.name().equals(name))
                .findFirst()
                .orElse(ErrorCode.INTERNAL);
    }

    private static CliException leftRunning(OrderStatus order, CoordinatorException cause) {
        return new CliException(
                cause.code(),
                "order '" + order.id() + "' of namespace '" + order.namespace()
                        + "' goes on at the service, and nobody here watches it: " + cause.getMessage(),
                "Watch it with 'tidemark orders watch " + order.namespace() + " " + order.id()
                        + "' and the same --server, or cancel it with 'tidemark cancel'.");
    }
}

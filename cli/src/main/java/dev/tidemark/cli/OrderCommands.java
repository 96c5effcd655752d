package dev.tidemark.cli;

import dev.tidemark.cli.output.CliException;
import dev.tidemark.cli.output.HumanFormat;
import dev.tidemark.cli.output.Json;
import dev.tidemark.cli.output.Table;
import dev.tidemark.coordinator.service.operations.OrderStatus;
import dev.tidemark.kvs.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** The commands for the orders of a coordinator service: list, watch. */
final class OrderCommands {
    private OrderCommands() {}

    static void addTo(CommandLine root, Session session) {
        CommandLine group = new CommandLine(new Orders());
        group.addSubcommand(new ListOrders(session));
        group.addSubcommand(new WatchOrder(session));
        root.addSubcommand(group);
    }

    /** Shows one order. */
    static void show(Session session, OrderStatus order) {
        session.show(
                order,
                "Order '" + order.id() + "' (" + order.type() + " of namespace '" + order.namespace() + "') has "
                        + word(order)
                        + (order.operationId().isEmpty() ? "" : "; operation '" + order.operationId() + "'")
                        + ".\n");
    }

    private static String word(OrderStatus order) {
        return order.state().name().toLowerCase(Locale.ROOT);
    }

    private static Remote remote(Session session) {
        if (!session.isRemote()) {
            throw new CliException(
                    ErrorCode.USAGE,
                    "orders are those of a coordinator service, and none is named",
                    "Name it with --server.");
        }
        return session.remote();
    }

    @Command(name = "orders", description = "The orders of a coordinator service; with --server.")
    private static final class Orders extends CommandGroup {}

    @Command(name = "list", description = "List the orders that the service remembers, the newest first.")
    private static final class ListOrders implements Callable<Integer>, ThroughServer {
        private final Session session;

        @Parameters(arity = "0..1", paramLabel = "NAMESPACE", description = "Default: every namespace of the caller.")
        private String namespace;

        private ListOrders(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() {
            Remote remote = remote(session);
            List<OrderStatus> found = new ArrayList<>();
            remote.namespaces(namespace)
                    .forEach(name -> found.addAll(remote.client().orders().list(name)));
            Table table = new Table("NAMESPACE", "ORDER", "TYPE", "STATE", "ACCEPTED", "BY", "STEP OR REASON");
            for (OrderStatus order : found) {
                table.row(
                        order.namespace(),
                        order.id(),
                        order.type(),
                        word(order),
                        HumanFormat.time(order.acceptedAt()),
                        order.by(),
                        order.problem() == null
                                ? order.currentStep()
                                : order.problem().message());
            }
            session.show(Json.object("orders", found), found.isEmpty() ? "There are no orders.\n" : table.toString());
            return 0;
        }
    }

    @Command(name = "watch", description = "Follow an order to its end, and exit as its own command would have.")
    private static final class WatchOrder implements Callable<Integer>, ThroughServer {
        private final Session session;

        @Parameters(index = "0", paramLabel = "NAMESPACE", description = "The order's namespace.")
        private String namespace;

        @Parameters(index = "1", paramLabel = "ORDER", description = "The order's id.")
        private String order;

        private WatchOrder(Session session) {
            this.session = session;
        }

        @Override
        public Integer call() {
            Remote remote = remote(session);
            show(session, remote.follow(remote.client().orders().find(namespace, order)));
            return 0;
        }
    }
}

package dev.tidemark.coordinator.service.rest;

import dev.tidemark.coordinator.service.access.Caller;
import dev.tidemark.coordinator.service.access.Needs;
import dev.tidemark.coordinator.service.access.Role;
import dev.tidemark.coordinator.service.operations.OperationDesk;
import dev.tidemark.coordinator.service.operations.OrderStatus;
import dev.tidemark.coordinator.service.rest.OrderResource.Orders;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.SecurityContext;
import java.util.List;
import java.util.stream.Stream;

/** The orders of all namespaces together. */
@Path(RestPaths.ROOT + "/orders")
@Produces(MediaType.APPLICATION_JSON)
@LeaderOnly
public final class OrderListResource {
    private static final int MAX_ENDED = 1000;

    private final OperationDesk desk;

    /** Creates the resource. */
    public OrderListResource(OperationDesk desk) {
        this.desk = desk;
    }

    /**
     * Lists the orders that this process knows and the caller may see: those that wait or run, then those that ended, newest first.
     *
     * @param ended most that are listed of those that ended, 0 to 1000
     */
    @GET
    @Needs(value = Role.VIEWER, scope = Needs.Scope.METHOD)
    public Orders list(@Context SecurityContext context, @QueryParam("ended") @DefaultValue("50") String ended) {
        int mostEnded = RestPaths.number("ended", ended, 0, MAX_ENDED);
        Caller caller = Caller.of(context);
        List<OrderStatus> visible = desk.list("").stream()
                .filter(order -> caller.maySee(order.namespace()))
                .toList();
        return new Orders(Stream.concat(
                        visible.stream().filter(order -> !order.hasEnded()),
                        visible.stream().filter(OrderStatus::hasEnded).limit(mostEnded))
                .toList());
    }
}

package dev.tidemark.coordinator.service.rest;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.service.operations.OperationDesk;
import dev.tidemark.coordinator.service.operations.OperationDesk.Overlap;
import dev.tidemark.coordinator.service.operations.OperationOrder;
import dev.tidemark.coordinator.service.operations.OrderStatus;
import dev.tidemark.kvs.ErrorCode;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Orders: what is asked for, how far it is, how it ended. */
@Path(RestPaths.NAMESPACES + "/{namespace}/orders")
@Produces(MediaType.APPLICATION_JSON)
public final class OrderResource {
    private static final int MAX_WAIT_MILLIS = 60_000;
    private static final int MAX_KEY = 200;

    private final OperationDesk desk;
    private final OrderEvents events;

    /** Creates the resource. */
    public OrderResource(OperationDesk desk, OrderEvents events) {
        this.desk = desk;
        this.events = events;
    }

    /** Accepts an order; durable when it is answered. */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public Response accept(
            @PathParam("namespace") String namespace,
            @HeaderParam("Idempotency-Key") @DefaultValue("") String key,
            @QueryParam("ifBusy") @DefaultValue("queue") String ifBusy,
            @Context SecurityContext caller,
            OperationOrder order) {
        if (order == null) {
            throw RestPaths.invalid("body", "", "an order, as {\"type\": \"backup\"}");
        }
        if (!key.matches("[\\x21-\\x7e]{0," + MAX_KEY + "}")) {
            throw RestPaths.invalid("Idempotency-Key", key, "at most " + MAX_KEY + " visible ASCII characters");
        }
        OrderStatus status = desk.accept(namespace, order, Callers.nameOf(caller), key, overlap(ifBusy));
        return Response.accepted(status)
                .location(URI.create(RestPaths.NAMESPACES + "/" + namespace + "/orders/" + status.id()))
                .build();
    }

    /** Lists the orders that this process knows, newest first. */
    @GET
    public Orders list(@PathParam("namespace") String namespace) {
        return new Orders(desk.list(namespace));
    }

    /** Returns an order, after waiting for a later revision than the given one, or its end. */
    @GET
    @Path("/{order}")
    public OrderStatus find(
            @PathParam("namespace") String namespace,
            @PathParam("order") String order,
            @QueryParam("afterRevision") @DefaultValue("0") String afterRevision,
            @QueryParam("waitMillis") @DefaultValue("0") String waitMillis) {
        int wait = RestPaths.number("waitMillis", waitMillis, 0, MAX_WAIT_MILLIS);
        int revision = RestPaths.number("afterRevision", afterRevision, 0, Integer.MAX_VALUE);
        try {
            return desk.await(namespace, order, revision, Duration.ofMillis(wait));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CoordinatorException(
                    ErrorCode.INTERRUPTED, "the service is stopping", "Ask for the order again when it is back.", e);
        }
    }

    /** Streams an order's changes as server-sent events until it has ended. */
    @GET
    @Path("/{order}/events")
    @Produces(MediaType.SERVER_SENT_EVENTS)
    public Response events(
            @PathParam("namespace") String namespace,
            @PathParam("order") String order,
            @HeaderParam("Last-Event-ID") @DefaultValue("0") String lastEventId) {
        int revision = RestPaths.number("Last-Event-ID", lastEventId, 0, Integer.MAX_VALUE);
        return Response.ok(events.open(namespace, order, revision), MediaType.SERVER_SENT_EVENTS)
                .header("Cache-Control", "no-store")
                .header("X-Accel-Buffering", "no")
                .build();
    }

    /** Cancels an order. */
    @DELETE
    @Path("/{order}")
    public Response cancel(@PathParam("namespace") String namespace, @PathParam("order") String order) {
        return Response.accepted(desk.cancel(namespace, order)).build();
    }

    private static Overlap overlap(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "queue" -> Overlap.QUEUE;
            case "refuse" -> Overlap.REFUSE;
            default -> throw RestPaths.invalid("ifBusy", text, "queue or refuse");
        };
    }

    /** @param orders newest first */
    public record Orders(List<OrderStatus> orders) {}
}

package dev.tidemark.coordinator.service.rest;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.service.access.Needs;
import dev.tidemark.coordinator.service.access.Role;
import dev.tidemark.coordinator.service.access.SensitiveOperation;
import dev.tidemark.coordinator.service.access.approval.NeedsApproval;
import dev.tidemark.coordinator.service.operations.OperationDesk;
import dev.tidemark.coordinator.service.operations.OperationOrder;
import dev.tidemark.coordinator.service.operations.OrderStatus;
import dev.tidemark.kvs.ErrorCode;
import jakarta.ws.rs.BeanParam;
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
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/** Orders: what is asked for, how far it is, how it ended. */
@Path(RestPaths.NAMESPACES + "/{namespace}/orders")
@Produces(MediaType.APPLICATION_JSON)
@LeaderOnly
public final class OrderResource {
    private static final int MAX_WAIT_MILLIS = 60_000;
    private static final String ID = "/{order: [0-9]{6}-[0-9a-f]{32}}";

    private final OperationDesk desk;
    private final OrderEvents events;

    /** Creates the resource. */
    public OrderResource(OperationDesk desk, OrderEvents events) {
        this.desk = desk;
        this.events = events;
    }

    /** Orders a backup. */
    @POST
    @Path("/backup")
    @Needs(Role.OPERATOR)
    @Consumes(MediaType.APPLICATION_JSON)
    @Answers(value = OrderStatus.class, status = 202, hasLocation = true)
    public Response backup(@BeanParam OrderOptions options, OperationOrder.Backup order) {
        return accept(options, order == null ? new OperationOrder.Backup(null, null, null) : order);
    }

    /** Orders a restore. */
    @POST
    @Path("/restore")
    @Needs(Role.RESTORER)
    @NeedsApproval(SensitiveOperation.RESTORE)
    @Consumes(MediaType.APPLICATION_JSON)
    @Answers(value = OrderStatus.class, status = 202, hasLocation = true)
    public Response restore(@BeanParam OrderOptions options, OperationOrder.Restore order) {
        return accept(options, order == null ? new OperationOrder.Restore(null, null, null, null) : order);
    }

    /** Orders a rewind. */
    @POST
    @Path("/rewind")
    @Needs(Role.RESTORER)
    @NeedsApproval(SensitiveOperation.REWIND)
    @Consumes(MediaType.APPLICATION_JSON)
    @Answers(value = OrderStatus.class, status = 202, hasLocation = true)
    public Response rewind(@BeanParam OrderOptions options, OperationOrder.Rewind order) {
        return accept(options, order);
    }

    /** Orders that the last rewind, or restore over existing data, is taken back. */
    @POST
    @Path("/undo")
    @Needs(Role.RESTORER)
    @NeedsApproval(SensitiveOperation.REWIND)
    @Answers(value = OrderStatus.class, status = 202, hasLocation = true)
    public Response undo(@BeanParam OrderOptions options) {
        return accept(options, new OperationOrder.Undo());
    }

    /** Orders that backups are removed which retention does not keep. */
    @POST
    @Path("/expire")
    @Needs(Role.ADMIN)
    @NeedsApproval(SensitiveOperation.EXPIRE)
    @Consumes(MediaType.APPLICATION_JSON)
    @Answers(value = OrderStatus.class, status = 202, hasLocation = true)
    public Response expire(@BeanParam OrderOptions options, OperationOrder.Expire order) {
        return accept(options, order == null ? new OperationOrder.Expire(null) : order);
    }

    /** Orders that what no backup needs is removed. */
    @POST
    @Path("/collect-garbage")
    @Needs(Role.ADMIN)
    @Answers(value = OrderStatus.class, status = 202, hasLocation = true)
    public Response collectGarbage(@BeanParam OrderOptions options) {
        return accept(options, new OperationOrder.CollectGarbage());
    }

    /** Orders that as much is read and compared as is due today. */
    @POST
    @Path("/verify")
    @Needs(Role.OPERATOR)
    @Answers(value = OrderStatus.class, status = 202, hasLocation = true)
    public Response verify(@BeanParam OrderOptions options) {
        return accept(options, new OperationOrder.Verify());
    }

    /** Orders that backups are removed which retention does not keep, then what no backup needs. */
    @POST
    @Path("/retention")
    @Needs(Role.ADMIN)
    @NeedsApproval(SensitiveOperation.EXPIRE)
    @Answers(value = OrderStatus.class, status = 202, hasLocation = true)
    public Response retention(@BeanParam OrderOptions options) {
        return accept(options, new OperationOrder.Retention());
    }

    /** Orders that is made again what can be made from copies. */
    @POST
    @Path("/repair")
    @Needs(Role.OPERATOR)
    @Answers(value = OrderStatus.class, status = 202, hasLocation = true)
    public Response repair(@BeanParam OrderOptions options) {
        return accept(options, new OperationOrder.Repair());
    }

    /** Orders that what was left unfinished is gone on with. */
    @POST
    @Path("/resume")
    @Needs(Role.RESTORER)
    @Answers(value = OrderStatus.class, status = 202, hasLocation = true)
    public Response resume(@BeanParam OrderOptions options) {
        return accept(options, new OperationOrder.Resume());
    }

    /** Lists the orders that this process knows, newest first. */
    @GET
    @Needs(Role.VIEWER)
    public Orders list(@PathParam("namespace") String namespace) {
        return new Orders(desk.list(namespace));
    }

    /**
     * Returns an order, after waiting for a later revision than the given one, or its end.
     *
     * @param afterRevision the last revision that was seen
     * @param waitMillis how long to wait for a later one at most, 0..60000
     */
    @GET
    @Path(ID)
    @Needs(Role.VIEWER)
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

    /**
     * Streams an order's changes as server-sent events until it has ended. Each event is named {@code order}, has the revision as its id
     * and the order as its data.
     *
     * @param lastEventId the last revision that was seen
     */
    @GET
    @Path(ID + "/events")
    @Needs(Role.VIEWER)
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @Answers(OrderStatus.class)
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

    /** Cancels an order: one that waits is not begun, one that runs ends its step and is cleaned up if it has not gone too far. */
    @DELETE
    @Path(ID)
    @Needs(Role.OPERATOR)
    @Answers(value = OrderStatus.class, status = 202)
    public Response cancel(@PathParam("namespace") String namespace, @PathParam("order") String order) {
        return Response.accepted(desk.cancel(namespace, order)).build();
    }

    private Response accept(OrderOptions options, OperationOrder order) {
        RestPaths.requireBody(order);
        OrderStatus status =
                desk.accept(options.namespace(), order, options.caller(), options.key(), options.overlap());
        return Response.accepted(status)
                .location(URI.create(RestPaths.NAMESPACES + "/" + options.namespace() + "/orders/" + status.id()))
                .build();
    }

    /** @param orders newest first */
    public record Orders(List<OrderStatus> orders) {}
}

package dev.tidemark.coordinator.service.rest;

import dev.tidemark.coordinator.engine.Coordinator;
import dev.tidemark.coordinator.restore.RestorePlan;
import dev.tidemark.coordinator.retention.RetentionPlan;
import dev.tidemark.coordinator.retention.RetentionPolicy;
import dev.tidemark.coordinator.rewind.RewindPlan;
import dev.tidemark.coordinator.rewind.UndoPlan;
import dev.tidemark.coordinator.service.access.Needs;
import dev.tidemark.coordinator.service.access.Role;
import dev.tidemark.coordinator.service.operations.OperationOrder;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.function.Function;

/** What an order would do; nothing is changed. */
@Path(RestPaths.NAMESPACES + "/{namespace}/plans")
@Produces(MediaType.APPLICATION_JSON)
public final class PlanResource {
    private final Coordinator coordinator;
    private final Function<String, RetentionPolicy> retention;

    /** @param retention which backups of a configured namespace are kept */
    public PlanResource(Coordinator coordinator, Function<String, RetentionPolicy> retention) {
        this.coordinator = coordinator;
        this.retention = retention;
    }

    /** Works out a restore. */
    @POST
    @Needs(Role.OPERATOR)
    @Path("/restore")
    @Consumes(MediaType.APPLICATION_JSON)
    public RestorePlan restore(@PathParam("namespace") String namespace, OperationOrder.Restore order) {
        OperationOrder.Restore wanted = order == null ? new OperationOrder.Restore(null, null, null, null) : order;
        return coordinator.planRestore(wanted.request(namespace));
    }

    /** Works out a rewind. */
    @POST
    @Needs(Role.OPERATOR)
    @Path("/rewind")
    @Consumes(MediaType.APPLICATION_JSON)
    public RewindPlan rewind(@PathParam("namespace") String namespace, OperationOrder.Rewind order) {
        RestPaths.requireBody(order);
        return coordinator.planRewind(order.request(namespace));
    }

    /** Works out how the last rewind, or restore over existing data, would be taken back. */
    @GET
    @Needs(Role.OPERATOR)
    @Path("/undo")
    public UndoPlan undo(@PathParam("namespace") String namespace) {
        return coordinator.planUndo(namespace);
    }

    /**
     * Works out which backups an expiry would remove.
     *
     * @param backup only this one, whatever retention says; may be given several times; those that retention does not keep when it is
     *     left out
     */
    @GET
    @Needs(Role.VIEWER)
    @Path("/expire")
    public RetentionPlan expire(@PathParam("namespace") String namespace, @QueryParam("backup") List<String> backup) {
        coordinator.findUnfinished(namespace); // refuses a namespace that is not configured
        return coordinator.upkeep().planExpire(namespace, retention.apply(namespace), backup);
    }
}

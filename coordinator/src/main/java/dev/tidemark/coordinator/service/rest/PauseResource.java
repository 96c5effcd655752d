package dev.tidemark.coordinator.service.rest;

import dev.tidemark.coordinator.service.access.Caller;
import dev.tidemark.coordinator.service.access.Needs;
import dev.tidemark.coordinator.service.access.Role;
import dev.tidemark.coordinator.service.view.PauseView;
import dev.tidemark.coordinator.service.view.ScheduleViews;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.SecurityContext;

/** Whether the schedules of a namespace are paused. What runs goes on. */
@Path(RestPaths.NAMESPACES + "/{namespace}/pause")
@Produces(MediaType.APPLICATION_JSON)
public final class PauseResource {
    private final ScheduleViews schedules;

    /** Creates the resource. */
    public PauseResource(ScheduleViews schedules) {
        this.schedules = schedules;
    }

    /** Tells whether the schedules of a namespace are paused. */
    @GET
    @Needs(Role.VIEWER)
    public PauseState find(@PathParam("namespace") String namespace) {
        return new PauseState(schedules.pause(namespace));
    }

    /** Pauses the schedules of a namespace until they are resumed. */
    @POST
    @Needs(Role.ADMIN)
    @Consumes(MediaType.APPLICATION_JSON)
    public PauseState pause(
            @PathParam("namespace") String namespace, @Context SecurityContext context, NewPause wanted) {
        return new PauseState(schedules.pause(namespace, Caller.of(context).name(), NewPause.reasonOf(wanted)));
    }

    /** Resumes the schedules of a namespace. */
    @DELETE
    @Needs(Role.ADMIN)
    public PauseState resume(@PathParam("namespace") String namespace, @Context SecurityContext context) {
        schedules.resume(namespace, Caller.of(context).name());
        return new PauseState(schedules.pause(namespace));
    }

    /**
     * Why schedules are to be paused.
     *
     * @param reason one line of at most 1,000 characters; none when left out
     */
    public record NewPause(String reason) {
        static String reasonOf(NewPause wantedOrNull) {
            return wantedOrNull == null || wantedOrNull.reason() == null ? "" : wantedOrNull.reason();
        }
    }

    /**
     * Whether schedules are paused.
     *
     * @param paused why nothing is begun by the clock; null when the schedules are not paused
     */
    public record PauseState(PauseView paused) {}
}

package dev.tidemark.coordinator.service.rest;

import dev.tidemark.coordinator.service.access.Caller;
import dev.tidemark.coordinator.service.access.Needs;
import dev.tidemark.coordinator.service.access.Role;
import dev.tidemark.coordinator.service.rest.PauseResource.NewPause;
import dev.tidemark.coordinator.service.view.ScheduleViews;
import dev.tidemark.coordinator.service.view.ScheduleViews.PauseOutcome;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.SecurityContext;
import java.util.List;

/** Pauses the schedules of all namespaces at once. */
@Path(RestPaths.ROOT + "/pause")
@Produces(MediaType.APPLICATION_JSON)
public final class AllPausesResource {
    private final ScheduleViews schedules;

    /** Creates the resource. */
    public AllPausesResource(ScheduleViews schedules) {
        this.schedules = schedules;
    }

    /** Pauses the schedules of all configured namespaces until they are resumed; each namespace has its outcome. */
    @POST
    @Needs(Role.ADMIN)
    @Consumes(MediaType.APPLICATION_JSON)
    public PauseOutcomes pause(@Context SecurityContext context, NewPause wanted) {
        return new PauseOutcomes(schedules.pauseAll(Caller.of(context).name(), NewPause.reasonOf(wanted)));
    }

    /** Resumes the schedules of all configured namespaces; each namespace has its outcome. */
    @DELETE
    @Needs(Role.ADMIN)
    public PauseOutcomes resume(@Context SecurityContext context) {
        return new PauseOutcomes(schedules.resumeAll(Caller.of(context).name()));
    }

    /**
     * What became of each namespace.
     *
     * @param namespaces ordered by name
     */
    public record PauseOutcomes(List<PauseOutcome> namespaces) {}
}

package dev.tidemark.coordinator.service.rest;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.service.access.Needs;
import dev.tidemark.coordinator.service.access.Role;
import dev.tidemark.coordinator.service.problem.ProblemException;
import dev.tidemark.coordinator.service.view.ScheduleView;
import dev.tidemark.coordinator.service.view.ScheduleViews;
import dev.tidemark.coordinator.service.view.TickView;
import dev.tidemark.kvs.ErrorCode;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.List;

/** What is done by the clock, and what became of it. */
@Path(RestPaths.NAMESPACES + "/{namespace}/schedules")
@Produces(MediaType.APPLICATION_JSON)
public final class ScheduleResource {
    private static final int MAX_TICKS = 1000;

    private final ScheduleViews schedules;

    /** Creates the resource. */
    public ScheduleResource(ScheduleViews schedules) {
        this.schedules = schedules;
    }

    /** Lists the schedules of a namespace. */
    @GET
    @Needs(Role.VIEWER)
    public Schedules list(@PathParam("namespace") String namespace) {
        return new Schedules(schedules.schedules(namespace));
    }

    /**
     * Tells what became of the last ticks of a schedule, the newest first.
     *
     * @param limit most that are returned, 1..1000
     */
    @GET
    @Needs(Role.VIEWER)
    @Path("/{schedule}/ticks")
    public Ticks ticks(
            @PathParam("namespace") String namespace,
            @PathParam("schedule") String schedule,
            @QueryParam("limit") @DefaultValue("20") String limit) {
        int count = RestPaths.number("limit", limit, 1, MAX_TICKS);
        try {
            return new Ticks(schedules.ticks(namespace, schedule, count));
        } catch (CoordinatorException e) {
            if (e.code() != ErrorCode.INVALID_INPUT) {
                throw e;
            }
            throw new ProblemException(e.code(), e.getMessage(), e.hint()).withStatus(404);
        }
    }

    /**
     * The schedules of a namespace.
     *
     * @param schedules ordered by name
     */
    public record Schedules(List<ScheduleView> schedules) {}

    /**
     * What became of the ticks of a schedule.
     *
     * @param ticks newest first
     */
    public record Ticks(List<TickView> ticks) {}
}

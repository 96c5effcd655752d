package dev.tidemark.coordinator.service.rest;

import dev.tidemark.coordinator.service.access.Caller;
import dev.tidemark.coordinator.service.access.Needs;
import dev.tidemark.coordinator.service.access.Role;
import dev.tidemark.coordinator.service.view.StatusView;
import dev.tidemark.coordinator.service.view.Statuses;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.SecurityContext;
import java.util.List;

/** Whether there are good backups of all namespaces, recent enough. */
@Path(RestPaths.ROOT + "/status")
@Produces(MediaType.APPLICATION_JSON)
public final class StatusResource {
    private final Statuses statuses;

    /** Creates the resource. */
    public StatusResource(Statuses statuses) {
        this.statuses = statuses;
    }

    /**
     * Tells how the namespaces are that the caller may see, each as it was read last ({@code at}): within the last minutes, and after
     * each order that has ended.
     */
    @GET
    @Needs(value = Role.VIEWER, scope = Needs.Scope.METHOD)
    public AllStatuses all(@Context SecurityContext context) {
        Caller caller = Caller.of(context);
        List<StatusView> all = statuses.all(caller::maySee);
        return new AllStatuses(StatusView.word(StatusView.worst(all)), all);
    }

    /**
     * How all namespaces are.
     *
     * @param state the worst of theirs
     * @param namespaces ordered by name
     */
    public record AllStatuses(String state, List<StatusView> namespaces) {}
}

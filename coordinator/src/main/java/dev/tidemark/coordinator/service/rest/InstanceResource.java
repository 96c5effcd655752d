package dev.tidemark.coordinator.service.rest;

import dev.tidemark.coordinator.service.access.Caller;
import dev.tidemark.coordinator.service.access.Needs;
import dev.tidemark.coordinator.service.access.Open;
import dev.tidemark.coordinator.service.access.Role;
import dev.tidemark.coordinator.service.leading.LeaderView;
import dev.tidemark.coordinator.service.leading.Leadership;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.SecurityContext;

/** The instance that answers, and who leads. */
@Path(RestPaths.ROOT + "/instance")
@Produces(MediaType.APPLICATION_JSON)
public final class InstanceResource {
    private final Leadership leadership;

    /** Creates the resource. */
    public InstanceResource(Leadership leadership) {
        this.leadership = leadership;
    }

    /** Returns who leads, as far as this instance knows. */
    @GET
    @Needs(value = Role.VIEWER, scope = Needs.Scope.METHOD)
    public LeaderView find(@Context SecurityContext context) {
        Caller caller = Caller.of(context);
        LeaderView view = leadership.view();
        return view.withNotLed(view.notLed().stream().filter(caller::maySee).toList());
    }

    /** For load balancers and the like: status 200 when this instance leads, 503 when it does not. Tells nothing else, and needs no token. */
    @GET
    @Open
    @Path("/leads")
    @Answers(Leads.class)
    public Response leads() {
        boolean leads = leadership.isReady();
        return Response.status(leads ? Response.Status.OK : Response.Status.SERVICE_UNAVAILABLE)
                .entity(new Leads(leads))
                .build();
    }

    /** @param leads whether this instance leads */
    public record Leads(boolean leads) {}
}

package dev.tidemark.coordinator.service.rest;

import dev.tidemark.coordinator.service.access.Caller;
import dev.tidemark.coordinator.service.access.Needs;
import dev.tidemark.coordinator.service.access.Role;
import dev.tidemark.coordinator.service.access.approval.Approval;
import dev.tidemark.coordinator.service.access.approval.Approval.Verdict;
import dev.tidemark.coordinator.service.access.approval.Approvals;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.SecurityContext;
import java.util.List;

/** What waits for a second person, and that person's word. */
@Path(RestPaths.ROOT + "/approvals")
@Produces(MediaType.APPLICATION_JSON)
public final class ApprovalResource {
    private final Approvals approvals;

    /** Creates the resource. */
    public ApprovalResource(Approvals approvals) {
        this.approvals = approvals;
    }

    /** Lists what the caller may see, the oldest request first. */
    @GET
    @Needs(value = Role.VIEWER, scope = Needs.Scope.METHOD)
    public ApprovalList list(@Context SecurityContext context) {
        return new ApprovalList(approvals.list(Caller.of(context)));
    }

    /** Says yes; the role that is needed is that of who has asked. */
    @POST
    @Path("/{approval}/approve")
    @Needs(value = Role.OPERATOR, scope = Needs.Scope.METHOD)
    public Approval approve(@PathParam("approval") String approval, @Context SecurityContext context) {
        return approvals.decide(Caller.of(context), approval, Verdict.APPROVED);
    }

    /** Says no. */
    @POST
    @Path("/{approval}/refuse")
    @Needs(value = Role.OPERATOR, scope = Needs.Scope.METHOD)
    public Approval refuse(@PathParam("approval") String approval, @Context SecurityContext context) {
        return approvals.decide(Caller.of(context), approval, Verdict.REFUSED);
    }

    /** @param approvals the oldest request first */
    public record ApprovalList(List<Approval> approvals) {}
}

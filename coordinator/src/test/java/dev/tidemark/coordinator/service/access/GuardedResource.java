package dev.tidemark.coordinator.service.access;

import dev.tidemark.coordinator.service.access.approval.NeedsApproval;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.SecurityContext;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A path for each kind of guard. */
@Path("/api/v1")
@Produces(MediaType.APPLICATION_JSON)
public final class GuardedResource {
    @GET
    @Path("open")
    @Open
    public Map<String, String> open() {
        return Map.of();
    }

    @GET
    @Path("forgotten")
    public Map<String, String> forgotten() {
        return Map.of();
    }

    @GET
    @Path("whoami")
    @Needs(value = Role.VIEWER, scope = Needs.Scope.METHOD)
    public Map<String, String> whoami(@Context SecurityContext context) {
        Caller caller = Caller.of(context);
        String visible = Stream.of("orders", "billing").filter(caller::maySee).collect(Collectors.joining(" "));
        return Map.of("name", caller.name(), "role", caller.role().word(), "sees", visible);
    }

    @POST
    @Path("gc")
    @Needs(Role.ADMIN)
    public Map<String, String> gc() {
        return Map.of();
    }

    @GET
    @Path("namespaces/{namespace}")
    @Needs(Role.VIEWER)
    public Map<String, String> show(@PathParam("namespace") String namespace) {
        return Map.of("namespace", namespace);
    }

    @POST
    @Path("namespaces/{namespace}/backups")
    @Needs(Role.OPERATOR)
    public Map<String, String> backup(@PathParam("namespace") String namespace) {
        return Map.of("namespace", namespace);
    }

    @POST
    @Path("namespaces/{namespace}/restores")
    @Needs(Role.RESTORER)
    @NeedsApproval(SensitiveOperation.RESTORE)
    public Map<String, String> restore(@PathParam("namespace") String namespace, Map<String, String> body) {
        return Map.of("backup", body.getOrDefault("backup", ""));
    }

    @DELETE
    @Path("namespaces/{namespace}")
    @Needs(Role.ADMIN)
    public Map<String, String> shred(@PathParam("namespace") String namespace) {
        return Map.of("namespace", namespace);
    }
}

package dev.tidemark.timestamp.service;

import dev.tidemark.timestamp.web.Needs;
import dev.tidemark.timestamp.web.QueryNumbers;
import dev.tidemark.timestamp.web.Right;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;

/** TimeLock's legacy paths for the management of a namespace's timestamps. */
@Path("/{namespace: [a-zA-Z0-9_-]+}/timestamp-management")
public final class TimestampManagementResource {
    private final ServedNamespaces namespaces;

    TimestampManagementResource(ServedNamespaces namespaces) {
        this.namespaces = namespaces;
    }

    /** Fast-forwards the namespace. */
    @POST
    @Path("/fast-forward")
    @Needs(Right.MANAGEMENT)
    @Produces(MediaType.APPLICATION_JSON)
    public void fastForward(
            @PathParam("namespace") String namespace, @QueryParam("currentTimestamp") String currentTimestamp) {
        long timestamp = QueryNumbers.parseLong("currentTimestamp", currentTimestamp);
        namespaces.atPath(namespace).fastForward(timestamp);
    }

    /** Answers {@code pong} for a namespace that is served. */
    @GET
    @Path("/ping")
    @Needs({Right.CLIENT, Right.BACKUP, Right.MANAGEMENT})
    @Produces(MediaType.TEXT_PLAIN)
    public String ping(@PathParam("namespace") String namespace) {
        namespaces.atPath(namespace);
        return "pong";
    }
}

package dev.tidemark.timestamp.service;

import dev.tidemark.timestamp.web.Credentials;
import dev.tidemark.timestamp.web.QueryNumbers;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;

/** TimeLock's legacy paths for the management of a namespace's timestamps. */
@Path("/{namespace: [a-zA-Z0-9_-]+}/timestamp-management")
public final class TimestampManagementResource {
    private final ServedNamespaces namespaces;
    private final Credentials credentials;

    TimestampManagementResource(ServedNamespaces namespaces, Credentials credentials) {
        this.namespaces = namespaces;
        this.credentials = credentials;
    }

    /** Fast-forwards the namespace. */
    @POST
    @Path("/fast-forward")
    @Produces(MediaType.APPLICATION_JSON)
    public void fastForward(
            @HeaderParam(HttpHeaders.AUTHORIZATION) String authorization,
            @PathParam("namespace") String namespace,
            @QueryParam("currentTimestamp") String currentTimestamp) {
        credentials.checkToken(authorization);
        long timestamp = QueryNumbers.parseLong("currentTimestamp", currentTimestamp);
        namespaces.atPath(namespace).fastForward(timestamp);
    }

    /** Answers {@code pong} for a namespace that is served. */
    @GET
    @Path("/ping")
    @Produces(MediaType.TEXT_PLAIN)
    public String ping(@PathParam("namespace") String namespace) {
        namespaces.atPath(namespace);
        return "pong";
    }
}

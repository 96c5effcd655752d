package dev.tidemark.timestamp.service;

import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.timestamp.service.RequestBodies.CountBody;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;

/** TimeLock's Conjure paths for timestamps. They demand an authorization header and accept any token. */
@Path("/tl")
@Produces(MediaType.APPLICATION_JSON)
public final class ConjureTimelockResource {
    private final ServedNamespaces namespaces;
    private final Credentials credentials;

    ConjureTimelockResource(ServedNamespaces namespaces, Credentials credentials) {
        this.namespaces = namespaces;
        this.credentials = credentials;
    }

    /** Returns a fresh timestamp. */
    @POST
    @Path("/ts1/{namespace}")
    public long freshTimestamp(
            @HeaderParam(HttpHeaders.AUTHORIZATION) String authorization, @PathParam("namespace") String namespace) {
        credentials.checkForm(authorization);
        return namespaces.named(namespace).freshTimestamp();
    }

    /** Returns several fresh timestamps by their ends. */
    @POST
    @Path("/ts/{namespace}")
    @Consumes(MediaType.APPLICATION_JSON)
    public InclusiveRange freshTimestamps(
            @HeaderParam(HttpHeaders.AUTHORIZATION) String authorization,
            @PathParam("namespace") String namespace,
            CountBody body) {
        credentials.checkForm(authorization);
        int count = RequestBodies.required(body).numTimestamps();
        TimestampRange range = namespaces.named(namespace).freshTimestamps(count);
        return new InclusiveRange(range.lower(), range.upper());
    }

    /** Returns several fresh timestamps by the first and their number. */
    @POST
    @Path("/t2/{namespace}")
    @Consumes(MediaType.APPLICATION_JSON)
    public CountedRange freshTimestampsV2(
            @HeaderParam(HttpHeaders.AUTHORIZATION) String authorization,
            @PathParam("namespace") String namespace,
            Integer body) {
        credentials.checkForm(authorization);
        int count = RequestBodies.required(body);
        TimestampRange range = namespaces.named(namespace).freshTimestamps(count);
        return new CountedRange(range.lower(), range.size());
    }

    /** A range of timestamps, both ends inclusive. */
    record InclusiveRange(long inclusiveLower, long inclusiveUpper) {}

    /** A range of timestamps. */
    record CountedRange(long start, long count) {}
}

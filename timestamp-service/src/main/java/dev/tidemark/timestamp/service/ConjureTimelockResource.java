package dev.tidemark.timestamp.service;

import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.transaction.LeaseToken;
import dev.tidemark.timestamp.NamespaceOracle;
import dev.tidemark.timestamp.service.LeaseAnswers.LeaseValidity;
import dev.tidemark.timestamp.service.LeaseAnswers.RefreshAnswer;
import dev.tidemark.timestamp.service.LeaseAnswers.RefreshIdsAnswer;
import dev.tidemark.timestamp.service.LeaseAnswers.UnlockAnswer;
import dev.tidemark.timestamp.service.RequestBodies.CountBody;
import dev.tidemark.timestamp.service.RequestBodies.TokensBody;
import dev.tidemark.timestamp.web.Credentials;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** TimeLock's Conjure paths for timestamps and leases. They demand an authorization header and accept any token. */
@Path("/tl")
@Produces(MediaType.APPLICATION_JSON)
public final class ConjureTimelockResource {
    private final ServedNamespaces namespaces;
    private final Credentials credentials;
    private final LeaseValidities validities;

    ConjureTimelockResource(ServedNamespaces namespaces, Credentials credentials, LeaseValidities validities) {
        this.namespaces = namespaces;
        this.credentials = credentials;
        this.validities = validities;
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

    /** Refreshes leases; returns those that were alive, and for how long a client may rely on them. */
    @POST
    @Path("/rl/{namespace}")
    @Consumes(MediaType.APPLICATION_JSON)
    public RefreshAnswer refreshLocks(
            @HeaderParam(HttpHeaders.AUTHORIZATION) String authorization,
            @PathParam("namespace") String namespace,
            TokensBody body) {
        credentials.checkForm(authorization);
        Set<LeaseToken> tokens =
                RequestBodies.tokens(RequestBodies.required(body).tokens());
        NamespaceOracle oracle = namespaces.named(namespace);
        LeaseValidity lease = validities.of(oracle);
        return new RefreshAnswer(LeaseAnswers.bodies(oracle.refresh(tokens)), lease);
    }

    /** Refreshes leases by their ids alone. */
    @POST
    @Path("/rl2/{namespace}")
    @Consumes(MediaType.APPLICATION_JSON)
    public RefreshIdsAnswer refreshLocksV2(
            @HeaderParam(HttpHeaders.AUTHORIZATION) String authorization,
            @PathParam("namespace") String namespace,
            List<UUID> ids) {
        credentials.checkForm(authorization);
        Set<LeaseToken> tokens = RequestBodies.tokensOf(ids);
        NamespaceOracle oracle = namespaces.named(namespace);
        LeaseValidity lease = validities.of(oracle);
        return new RefreshIdsAnswer(LeaseAnswers.ids(oracle.refresh(tokens)), lease);
    }

    /** Ends leases; returns those that were alive until then. */
    @POST
    @Path("/ul/{namespace}")
    @Consumes(MediaType.APPLICATION_JSON)
    public UnlockAnswer unlock(
            @HeaderParam(HttpHeaders.AUTHORIZATION) String authorization,
            @PathParam("namespace") String namespace,
            TokensBody body) {
        credentials.checkForm(authorization);
        Set<LeaseToken> tokens =
                RequestBodies.tokens(RequestBodies.required(body).tokens());
        return new UnlockAnswer(LeaseAnswers.bodies(namespaces.named(namespace).unlock(tokens)));
    }

    /** Ends leases by their ids alone. */
    @POST
    @Path("/ul2/{namespace}")
    @Consumes(MediaType.APPLICATION_JSON)
    public List<UUID> unlockV2(
            @HeaderParam(HttpHeaders.AUTHORIZATION) String authorization,
            @PathParam("namespace") String namespace,
            List<UUID> ids) {
        credentials.checkForm(authorization);
        Set<LeaseToken> tokens = RequestBodies.tokensOf(ids);
        return LeaseAnswers.ids(namespaces.named(namespace).unlock(tokens));
    }

    /** A range of timestamps, both ends inclusive. */
    record InclusiveRange(long inclusiveLower, long inclusiveUpper) {}

    /** A range of timestamps. */
    record CountedRange(long start, long count) {}
}

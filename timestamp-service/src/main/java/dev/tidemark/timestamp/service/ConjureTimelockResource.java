package dev.tidemark.timestamp.service;

import dev.tidemark.kvs.TimestampRange;
import dev.tidemark.kvs.transaction.LeaseToken;
import dev.tidemark.timestamp.oracle.TimestampOracle;
import dev.tidemark.timestamp.service.LeaseAnswers.LeaseValidity;
import dev.tidemark.timestamp.service.LeaseAnswers.RefreshAnswer;
import dev.tidemark.timestamp.service.LeaseAnswers.RefreshIdsAnswer;
import dev.tidemark.timestamp.service.LeaseAnswers.UnlockAnswer;
import dev.tidemark.timestamp.service.RequestBodies.CountBody;
import dev.tidemark.timestamp.service.RequestBodies.TokensBody;
import dev.tidemark.timestamp.web.Needs;
import dev.tidemark.timestamp.web.Right;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** TimeLock's Conjure paths for timestamps and leases. They demand an authorization header and accept any token. */
@Path("/tl")
@Produces(MediaType.APPLICATION_JSON)
@Needs(
        value = {Right.CLIENT, Right.BACKUP},
        header = true)
public final class ConjureTimelockResource {
    private final ServedNamespaces namespaces;
    private final LeaseValidities validities;

    ConjureTimelockResource(ServedNamespaces namespaces, LeaseValidities validities) {
        this.namespaces = namespaces;
        this.validities = validities;
    }

    /** Returns a fresh timestamp. */
    @POST
    @Path("/ts1/{namespace}")
    public long freshTimestamp(@PathParam("namespace") String namespace) {
        return namespaces.named(namespace).freshTimestamp();
    }

    /** Returns several fresh timestamps by their ends. */
    @POST
    @Path("/ts/{namespace}")
    @Consumes(MediaType.APPLICATION_JSON)
    public InclusiveRange freshTimestamps(@PathParam("namespace") String namespace, CountBody body) {
        int count = RequestBodies.required(body).numTimestamps();
        TimestampRange range = namespaces.named(namespace).freshTimestamps(count);
        return new InclusiveRange(range.lower(), range.upper());
    }

    /** Returns several fresh timestamps by the first and their number. */
    @POST
    @Path("/t2/{namespace}")
    @Consumes(MediaType.APPLICATION_JSON)
    public CountedRange freshTimestampsV2(@PathParam("namespace") String namespace, Integer body) {
        int count = RequestBodies.required(body);
        TimestampRange range = namespaces.named(namespace).freshTimestamps(count);
        return new CountedRange(range.lower(), range.size());
    }

    /** Refreshes leases; returns those that were alive, and for how long a client may rely on them. */
    @POST
    @Path("/rl/{namespace}")
    @Consumes(MediaType.APPLICATION_JSON)
    public RefreshAnswer refreshLocks(@PathParam("namespace") String namespace, TokensBody body) {
        Set<LeaseToken> tokens =
                RequestBodies.tokens(RequestBodies.required(body).tokens());
        TimestampOracle oracle = namespaces.named(namespace);
        LeaseValidity lease = validities.of(oracle);
        return new RefreshAnswer(LeaseAnswers.bodies(oracle.refresh(tokens)), lease);
    }

    /** Refreshes leases by their ids alone. */
    @POST
    @Path("/rl2/{namespace}")
    @Consumes(MediaType.APPLICATION_JSON)
    public RefreshIdsAnswer refreshLocksV2(@PathParam("namespace") String namespace, List<UUID> ids) {
        Set<LeaseToken> tokens = RequestBodies.tokensOf(ids);
        TimestampOracle oracle = namespaces.named(namespace);
        LeaseValidity lease = validities.of(oracle);
        return new RefreshIdsAnswer(LeaseAnswers.ids(oracle.refresh(tokens)), lease);
    }

    /** Ends leases; returns those that were alive until then. */
    @POST
    @Path("/ul/{namespace}")
    @Consumes(MediaType.APPLICATION_JSON)
    public UnlockAnswer unlock(@PathParam("namespace") String namespace, TokensBody body) {
        Set<LeaseToken> tokens =
                RequestBodies.tokens(RequestBodies.required(body).tokens());
        return new UnlockAnswer(LeaseAnswers.bodies(namespaces.named(namespace).unlock(tokens)));
    }

    /** Ends leases by their ids alone. */
    @POST
    @Path("/ul2/{namespace}")
    @Consumes(MediaType.APPLICATION_JSON)
    public List<UUID> unlockV2(@PathParam("namespace") String namespace, List<UUID> ids) {
        Set<LeaseToken> tokens = RequestBodies.tokensOf(ids);
        return LeaseAnswers.ids(namespaces.named(namespace).unlock(tokens));
    }

    /** A range of timestamps, both ends inclusive. */
    record InclusiveRange(long inclusiveLower, long inclusiveUpper) {}

    /** A range of timestamps. */
    record CountedRange(long start, long count) {}
}

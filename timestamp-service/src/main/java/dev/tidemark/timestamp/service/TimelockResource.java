package dev.tidemark.timestamp.service;

import dev.tidemark.kvs.transaction.ImmutableTimestampLease;
import dev.tidemark.kvs.transaction.LeaseToken;
import dev.tidemark.timestamp.oracle.TimestampOracle;
import dev.tidemark.timestamp.service.LeaseAnswers.LeaseAnswer;
import dev.tidemark.timestamp.service.LeaseAnswers.LeaseValidity;
import dev.tidemark.timestamp.service.LeaseAnswers.RefreshAnswer;
import dev.tidemark.timestamp.service.RequestBodies.TokenBody;
import dev.tidemark.timestamp.service.TimestampResource.LegacyRange;
import dev.tidemark.timestamp.web.Needs;
import dev.tidemark.timestamp.web.QueryNumbers;
import dev.tidemark.timestamp.web.Right;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Set;

/** TimeLock's legacy paths for timestamps and for leases on the immutable timestamp. */
@Path("/{namespace: [a-zA-Z0-9_-]+}/timelock")
@Produces(MediaType.APPLICATION_JSON)
@Needs({Right.CLIENT, Right.BACKUP})
public final class TimelockResource {
    private final ServedNamespaces namespaces;
    private final LeaseValidities validities;

    TimelockResource(ServedNamespaces namespaces, LeaseValidities validities) {
        this.namespaces = namespaces;
        this.validities = validities;
    }

    /** Returns a fresh timestamp. */
    @POST
    @Path("/fresh-timestamp")
    public long freshTimestamp(@PathParam("namespace") String namespace) {
        return namespaces.atPath(namespace).freshTimestamp();
    }

    /** Returns several fresh timestamps. */
    @POST
    @Path("/fresh-timestamps")
    public LegacyRange freshTimestamps(@PathParam("namespace") String namespace, @QueryParam("number") String number) {
        int count = QueryNumbers.parseInt("number", number);
        return LegacyRange.of(namespaces.atPath(namespace).freshTimestamps(count));
    }

    /** Returns the immutable timestamp. */
    @POST
    @Path("/immutable-timestamp")
    public long immutableTimestamp(@PathParam("namespace") String namespace) {
        return namespaces.atPath(namespace).immutableTimestamp();
    }

    /** Takes a lease on the immutable timestamp. */
    @POST
    @Path("/lock-immutable-timestamp")
    @Consumes(MediaType.APPLICATION_JSON)
    public LeaseAnswer lockImmutableTimestamp(@PathParam("namespace") String namespace, TokenBody body) {
        LeaseToken token = RequestBodies.required(body).token();
        ImmutableTimestampLease lease = namespaces.atPath(namespace).lockImmutableTimestamp(token);
        return new LeaseAnswer(
                lease.immutableTimestamp(), new TokenBody(lease.token().requestId()));
    }

    /** Refreshes leases; returns those that were alive. */
    @POST
    @Path("/refresh-locks")
    @Consumes(MediaType.APPLICATION_JSON)
    public List<TokenBody> refreshLocks(@PathParam("namespace") String namespace, List<TokenBody> bodies) {
        return LeaseAnswers.bodies(namespaces.atPath(namespace).refresh(RequestBodies.tokens(bodies)));
    }

    /** Refreshes leases; returns those that were alive, and for how long a client may rely on them. */
    @POST
    @Path("/refresh-locks-v2")
    @Consumes(MediaType.APPLICATION_JSON)
    public RefreshAnswer refreshLocksV2(@PathParam("namespace") String namespace, List<TokenBody> bodies) {
        Set<LeaseToken> tokens = RequestBodies.tokens(bodies);
        TimestampOracle oracle = namespaces.atPath(namespace);
        LeaseValidity lease = validities.of(oracle);
        return new RefreshAnswer(LeaseAnswers.bodies(oracle.refresh(tokens)), lease);
    }

    /** Ends leases; returns those that were alive until then. */
    @POST
    @Path("/unlock")
    @Consumes(MediaType.APPLICATION_JSON)
    public List<TokenBody> unlock(@PathParam("namespace") String namespace, List<TokenBody> bodies) {
        return LeaseAnswers.bodies(namespaces.atPath(namespace).unlock(RequestBodies.tokens(bodies)));
    }
}

package dev.tidemark.timestamp.service;

import dev.tidemark.kvs.time.MonotonicClock;
import dev.tidemark.kvs.transaction.ImmutableTimestampLease;
import dev.tidemark.kvs.transaction.LeaseToken;
import dev.tidemark.timestamp.service.RequestBodies.TokenBody;
import dev.tidemark.timestamp.service.TimestampResource.LegacyRange;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** TimeLock's legacy paths for timestamps and for leases on the immutable timestamp. */
@Path("/{namespace: [a-zA-Z0-9_-]+}/timelock")
@Produces(MediaType.APPLICATION_JSON)
public final class TimelockResource {
    private final ServedNamespaces namespaces;
    private final MonotonicClock clock;
    private final UUID processId;

    TimelockResource(ServedNamespaces namespaces, MonotonicClock clock, UUID processId) {
        this.namespaces = namespaces;
        this.clock = clock;
        this.processId = processId;
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
        return bodies(namespaces.atPath(namespace).refresh(RequestBodies.tokens(bodies)));
    }

    /** Refreshes leases; returns those that were alive, and for how long a client may rely on them. */
    @POST
    @Path("/refresh-locks-v2")
    @Consumes(MediaType.APPLICATION_JSON)
    public RefreshAnswer refreshLocksV2(@PathParam("namespace") String namespace, List<TokenBody> bodies) {
        Set<LeaseToken> tokens = RequestBodies.tokens(bodies);
        long now = clock.nanoTime();
        var oracle = namespaces.atPath(namespace);
        // TimeLock tells its clients 8 s of the 20 s that it holds a lease.
        Duration validity =
                Duration.ofMillis(oracle.leaseDurationMillis()).multipliedBy(2).dividedBy(5);
        LeaseValidity lease = new LeaseValidity(new LeaderTime(processId, now), validity.toString());
        return new RefreshAnswer(bodies(oracle.refresh(tokens)), lease);
    }

    /** Ends leases; returns those that were alive until then. */
    @POST
    @Path("/unlock")
    @Consumes(MediaType.APPLICATION_JSON)
    public List<TokenBody> unlock(@PathParam("namespace") String namespace, List<TokenBody> bodies) {
        return bodies(namespaces.atPath(namespace).unlock(RequestBodies.tokens(bodies)));
    }

    private static List<TokenBody> bodies(Set<LeaseToken> tokens) {
        return tokens.stream().map(token -> new TokenBody(token.requestId())).toList();
    }

    /** A lease that was granted. */
    record LeaseAnswer(long immutableTimestamp, TokenBody lock) {}

    /** The leases that were refreshed. */
    record RefreshAnswer(List<TokenBody> refreshedTokens, LeaseValidity lease) {}

    /** From when on and for how long a client may rely on a lease; the duration as ISO 8601. */
    record LeaseValidity(LeaderTime leaderTime, String validity) {}

    /** A moment on the clock of one process, in nanoseconds. */
    record LeaderTime(UUID id, long currentTime) {}
}

package dev.tidemark.timestamp.service;

import dev.tidemark.kvs.transaction.LeaseToken;
import dev.tidemark.timestamp.NamespaceOracle;
import dev.tidemark.timestamp.service.LeaseAnswers.UnlockAnswer;
import dev.tidemark.timestamp.service.RequestBodies.SettledBody;
import dev.tidemark.timestamp.service.RequestBodies.TokenBody;
import dev.tidemark.timestamp.service.RequestBodies.UnlockBody;
import dev.tidemark.timestamp.web.Needs;
import dev.tidemark.timestamp.web.QueryNumbers;
import dev.tidemark.timestamp.web.Right;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** What TimeLock lacks. None of these paths creates a namespace but the one that says so. */
@Path("/tidemark/v1/{namespace}")
@Produces(MediaType.APPLICATION_JSON)
@Needs(Right.MANAGEMENT)
public final class TidemarkResource {
    private final ServedNamespaces namespaces;

    TidemarkResource(ServedNamespaces namespaces) {
        this.namespaces = namespaces;
    }

    /** Describes a namespace. */
    @GET
    @Needs({Right.CLIENT, Right.BACKUP, Right.MANAGEMENT})
    public NamespaceAnswer describe(@PathParam("namespace") String namespace) {
        NamespaceOracle oracle = namespaces.existing(namespace);
        return new NamespaceAnswer(
                namespace, oracle.leaseDurationMillis(), oracle.currentFence().orElse(null));
    }

    /** Tells whether a namespace issues timestamps; one that has stopped for good answers with the reason, as every request does. */
    @GET
    @Path("/health")
    @Needs({Right.CLIENT, Right.BACKUP, Right.MANAGEMENT})
    public HealthAnswer health(@PathParam("namespace") String namespace) {
        String fenceId = namespaces.existing(namespace).currentFence().orElse(null);
        return new HealthAnswer(namespace, fenceId == null ? "issuing" : "fenced", fenceId);
    }

    /** Creates a namespace if it does not exist; fenced, when there is the id of a fence. */
    @PUT
    public void create(
            @PathParam("namespace") String namespace, @QueryParam("fenceId") @DefaultValue("") String fenceId) {
        if (fenceId.isEmpty()) {
            namespaces.create(namespace);
        } else {
            namespaces.createFenced(namespace, fenceId);
        }
    }

    /** Returns a commit timestamp for the holder of a lease. */
    @POST
    @Path("/commit-timestamp")
    @Needs({Right.CLIENT, Right.BACKUP})
    @Consumes(MediaType.APPLICATION_JSON)
    public long commitTimestamp(@PathParam("namespace") String namespace, TokenBody body) {
        return namespaces
                .existing(namespace)
                .commitTimestamp(RequestBodies.required(body).token());
    }

    /** Ends leases; returns those that were alive until the first request with this id. */
    @POST
    @Path("/unlock")
    @Needs({Right.CLIENT, Right.BACKUP})
    @Consumes(MediaType.APPLICATION_JSON)
    public UnlockAnswer unlock(@PathParam("namespace") String namespace, UnlockBody body) {
        UUID unlockId = RequestBodies.required(RequestBodies.required(body).unlockId());
        Set<LeaseToken> tokens = RequestBodies.tokens(body.tokens());
        return new UnlockAnswer(
                LeaseAnswers.bodies(namespaces.existing(namespace).unlock(unlockId, tokens)));
    }

    /** Tells whether no lease is alive that a commit timestamp at or below the given one was issued for. */
    @POST
    @Path("/settled")
    @Needs(Right.BACKUP)
    @Consumes(MediaType.APPLICATION_JSON)
    public SettledAnswer settled(@PathParam("namespace") String namespace, SettledBody body) {
        long commitTimestamp = RequestBodies.required(body).commitTimestamp();
        return new SettledAnswer(namespaces.existing(namespace).isSettled(commitTimestamp));
    }

    /** Returns points of the time index, oldest first. */
    @GET
    @Path("/time-index")
    @Needs(Right.BACKUP)
    public TimeIndexAnswer timeIndex(
            @PathParam("namespace") String namespace,
            @QueryParam("after") @DefaultValue("0") String after,
            @QueryParam("limit") @DefaultValue("1000") String limit) {
        long afterTimestamp = QueryNumbers.parseLong("after", after);
        int maxPoints = QueryNumbers.parseInt("limit", limit);
        return new TimeIndexAnswer(namespaces.existing(namespace).timeIndex(afterTimestamp, maxPoints).stream()
                .map(point -> new PointAnswer(point.instant().toString(), point.timestamp()))
                .toList());
    }

    /** Fences the namespace. */
    @PUT
    @Path("/fence")
    public FenceAnswer fence(
            @PathParam("namespace") String namespace, @QueryParam("fenceId") @DefaultValue("") String fenceId) {
        return new FenceAnswer(namespaces.existing(namespace).fence(fenceId));
    }

    /** Lifts the fence with this id. */
    @DELETE
    @Path("/fence")
    public void unfence(
            @PathParam("namespace") String namespace, @QueryParam("fenceId") @DefaultValue("") String fenceId) {
        namespaces.existing(namespace).unfence(fenceId);
    }

    /** A namespace; {@code fenceId} is null when no fence is up. */
    record NamespaceAnswer(String namespace, long leaseDurationMillis, String fenceId) {}

    /** Whether a namespace issues timestamps, and the fence that keeps it from that. */
    record HealthAnswer(String namespace, String state, String fenceId) {}

    /** A fence that is up, and a timestamp that nothing issued before it exceeds. */
    record FenceAnswer(long lastTimestamp) {}

    /** Points of the time index, oldest first. */
    record TimeIndexAnswer(List<PointAnswer> points) {}

    /** A point of the time index; the instant as in RFC 3339. */
    record PointAnswer(String instant, long timestamp) {}

    /** Whether a commit timestamp is settled. */
    record SettledAnswer(boolean settled) {}
}

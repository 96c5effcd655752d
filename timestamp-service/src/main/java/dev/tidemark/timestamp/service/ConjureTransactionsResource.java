package dev.tidemark.timestamp.service;

import dev.tidemark.timestamp.NamespaceName;
import dev.tidemark.timestamp.service.ConjureTransactions.CommitTimestamp;
import dev.tidemark.timestamp.service.ConjureTransactions.CommitTimestamps;
import dev.tidemark.timestamp.service.ConjureTransactions.Started;
import dev.tidemark.timestamp.service.LeaseAnswers.LeaderTime;
import dev.tidemark.timestamp.service.RequestBodies.ConjureStartBody;
import dev.tidemark.timestamp.service.RequestBodies.CountBody;
import dev.tidemark.timestamp.web.Needs;
import dev.tidemark.timestamp.web.RequestRefusedException;
import dev.tidemark.timestamp.web.Right;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

/** TimeLock's Conjure paths by which transactions are started and get their commit timestamps. Locks on rows are not served. */
@Path("/tl")
@Produces(MediaType.APPLICATION_JSON)
@Needs(
        value = {Right.CLIENT, Right.BACKUP},
        header = true)
public final class ConjureTransactionsResource {
    private final ServedNamespaces namespaces;
    private final ConjureTransactions transactions;
    private final LeaseValidities validities;

    ConjureTransactionsResource(
            ServedNamespaces namespaces, ConjureTransactions transactions, LeaseValidities validities) {
        this.namespaces = namespaces;
        this.transactions = transactions;
        this.validities = validities;
    }

    /** Starts transactions. */
    @POST
    @Path("/st/{namespace}")
    @Consumes(MediaType.APPLICATION_JSON)
    public Started start(@PathParam("namespace") String namespace, ConjureStartBody body) {
        ConjureStartBody request = RequestBodies.required(body);
        return transactions.start(namespaces.named(namespace), request);
    }

    /** Returns commit timestamps. */
    @POST
    @Path("/gct/{namespace}")
    @Consumes(MediaType.APPLICATION_JSON)
    public CommitTimestamps commit(@PathParam("namespace") String namespace, CountBody body) {
        CountBody request = RequestBodies.required(body);
        return transactions.commit(namespaces.named(namespace), request);
    }

    /** Returns one commit timestamp, whatever the body says. */
    @POST
    @Path("/g1ct/{namespace}")
    public CommitTimestamp commitOne(@PathParam("namespace") String namespace) {
        return transactions.commit(namespaces.named(namespace));
    }

    /** Returns the time by which the validities of leases are judged. */
    @POST
    @Path("/lt/{namespace}")
    public LeaderTime leaderTime(@PathParam("namespace") String namespace) {
        return validities.leaderTime(namespaces.named(namespace));
    }

    /** Refuses locks on rows. */
    @POST
    @Path("/{operation: l|wl|lsit}/{namespace}")
    public void lock(@PathParam("namespace") String namespace) {
        NamespaceName.check(namespace);
        throw RequestRefusedException.notServed("locks on rows");
    }
}

package dev.tidemark.timestamp.service;

import dev.tidemark.timestamp.oracle.TimestampOracle;
import dev.tidemark.timestamp.service.LeaseAnswers.LeaderTime;
import dev.tidemark.timestamp.service.RequestBodies.StartBody;
import dev.tidemark.timestamp.service.RequestBodies.StartSeveralBody;
import dev.tidemark.timestamp.service.RequestBodies.TokenBody;
import dev.tidemark.timestamp.service.StartTransactions.StartedAnswer;
import dev.tidemark.timestamp.service.StartTransactions.StartedIdentified;
import dev.tidemark.timestamp.service.StartTransactions.StartedPlainly;
import dev.tidemark.timestamp.service.StartTransactions.StartedSingly;
import dev.tidemark.timestamp.web.Needs;
import dev.tidemark.timestamp.web.RequestRefusedException;
import dev.tidemark.timestamp.web.Right;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.InstantSource;

/** TimeLock's legacy paths by which transactions are started, and its times. Locks on rows are not served. */
@Path("/{namespace: [a-zA-Z0-9_-]+}/timelock")
@Produces(MediaType.APPLICATION_JSON)
@Needs({Right.CLIENT, Right.BACKUP})
public final class TimelockTransactionsResource {
    private final ServedNamespaces namespaces;
    private final StartTransactions transactions;
    private final LeaseValidities validities;
    private final InstantSource clock;

    TimelockTransactionsResource(
            ServedNamespaces namespaces,
            StartTransactions transactions,
            LeaseValidities validities,
            InstantSource clock) {
        this.namespaces = namespaces;
        this.transactions = transactions;
        this.validities = validities;
        this.clock = clock;
    }

    /** Starts a transaction with any start timestamp. */
    @POST
    @Path("/start-atlasdb-transaction")
    @Consumes(MediaType.APPLICATION_JSON)
    public StartedPlainly start(@PathParam("namespace") String namespace, TokenBody body) {
        TokenBody request = RequestBodies.required(body);
        return transactions.start(namespaces.atPath(namespace), request.requestId());
    }

    /** Starts a transaction with a start timestamp in the requestor's partition. */
    @POST
    @Path("/start-identified-atlasdb-transaction")
    @Consumes(MediaType.APPLICATION_JSON)
    public StartedIdentified startIdentified(@PathParam("namespace") String namespace, StartBody body) {
        return startOne(namespace, body).identified();
    }

    /** Starts a transaction; also says for how long the client may rely on its lease. */
    @POST
    @Path("/start-atlasdb-transaction-v3")
    @Consumes(MediaType.APPLICATION_JSON)
    public StartedSingly startV3(@PathParam("namespace") String namespace, StartBody body) {
        return startOne(namespace, body).single();
    }

    /** Starts several transactions under one lease. */
    @POST
    @Path("/start-atlasdb-transaction-v4")
    @Consumes(MediaType.APPLICATION_JSON)
    public StartedAnswer startV4(@PathParam("namespace") String namespace, StartSeveralBody body) {
        StartSeveralBody request = RequestBodies.required(body);
        return transactions.start(
                namespaces.atPath(namespace), request.requestId(), request.requestorId(), request.numTransactions());
    }

    private StartedAnswer startOne(String namespace, StartBody body) {
        StartBody request = RequestBodies.required(body);
        return transactions.start(namespaces.atPath(namespace), request.requestId(), request.requestorId(), 1);
    }

    /** Returns the time by which the validities of leases are judged. */
    @GET
    @Path("/leader-time")
    public LeaderTime leaderTime(@PathParam("namespace") String namespace) {
        return validities.leaderTime(namespaces.atPath(namespace));
    }

    /** Returns the wall-clock time of the server that leads, in milliseconds since 1970. */
    @POST
    @Path("/current-time-millis")
    public long currentTimeMillis(@PathParam("namespace") String namespace) {
        TimestampOracle oracle = namespaces.atPath(namespace);
        long millis = clock.millis();
        oracle.checkLeading();
        return millis;
    }

    /** Refuses locks on rows. */
    @POST
    @Path("/{operation: lock|lock-v2|await-locks|await-locks-v2}")
    public void lock(@PathParam("namespace") String namespace) {
        namespaces.checkNameAtPath(namespace);
        throw RequestRefusedException.notServed("locks on rows");
    }
}

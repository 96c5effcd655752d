package dev.tidemark.timestamp.service;

import dev.tidemark.kvs.transaction.LeaseToken;
import dev.tidemark.timestamp.oracle.TimestampOracle;
import dev.tidemark.timestamp.service.ConjureTransactions.CommitTimestamps;
import dev.tidemark.timestamp.service.ConjureTransactions.Started;
import dev.tidemark.timestamp.service.LeaseAnswers.LeaderTime;
import dev.tidemark.timestamp.service.RequestBodies.ConjureStartBody;
import dev.tidemark.timestamp.service.RequestBodies.CountBody;
import dev.tidemark.timestamp.web.Needs;
import dev.tidemark.timestamp.web.Right;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiFunction;

/**
 * TimeLock's Conjure paths for several namespaces at a time. All bodies and namespaces are checked before anything is done; when one
 * namespace can't answer, the whole request fails, and may be sent again.
 */
@Path("/tl/multi")
@Produces(MediaType.APPLICATION_JSON)
@Consumes(MediaType.APPLICATION_JSON)
@Needs(
        value = {Right.CLIENT, Right.BACKUP},
        header = true)
public final class MultiNamespaceResource {
    private final ServedNamespaces namespaces;
    private final ConjureTransactions transactions;
    private final LeaseValidities validities;

    MultiNamespaceResource(ServedNamespaces namespaces, ConjureTransactions transactions, LeaseValidities validities) {
        this.namespaces = namespaces;
        this.transactions = transactions;
        this.validities = validities;
    }

    /** Returns the times by which the validities of leases are judged. */
    @POST
    @Path("/lts")
    public LeaderTimes leaderTimes(List<String> names) {
        Map<String, LeaderTime> times = new LinkedHashMap<>();
        for (String name : RequestBodies.required(names)) {
            times.put(RequestBodies.required(name), validities.leaderTime(namespaces.named(name)));
        }
        return new LeaderTimes(times);
    }

    /** Starts transactions. */
    @POST
    @Path("/{operation: sts|stsfc}")
    public Map<String, Started> start(Map<String, ConjureStartBody> requests) {
        return each(requests, transactions::start);
    }

    /** Returns commit timestamps. */
    @POST
    @Path("/{operation: gcts|gctsfc}")
    public Map<String, CommitTimestamps> commit(Map<String, CountBody> requests) {
        return each(requests, transactions::commit);
    }

    /** Ends leases by their ids. */
    @POST
    @Path("/ul")
    public Map<String, List<UUID>> unlock(Map<String, List<UUID>> requests) {
        Map<String, Set<LeaseToken>> tokens = new LinkedHashMap<>();
        RequestBodies.required(requests).forEach((name, ids) -> tokens.put(name, RequestBodies.tokensOf(ids)));
        return each(tokens, (oracle, ids) -> LeaseAnswers.ids(oracle.unlock(ids)));
    }

    private <Q, A> Map<String, A> each(Map<String, Q> requests, BiFunction<TimestampOracle, Q, A> action) {
        Map<String, TimestampOracle> oracles = new LinkedHashMap<>();
        RequestBodies.required(requests).forEach((name, request) -> {
            RequestBodies.required(request);
            oracles.put(name, namespaces.named(name));
        });
        Map<String, A> answers = new LinkedHashMap<>();
        oracles.forEach((name, oracle) -> answers.put(name, action.apply(oracle, requests.get(name))));
        return answers;
    }

    /** The times by namespace. */
    record LeaderTimes(Map<String, LeaderTime> leaderTimes) {}
}

package dev.tidemark.timestamp.service;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.NamespaceOracle;
import dev.tidemark.timestamp.OracleLimits;
import dev.tidemark.timestamp.TimestampException;
import dev.tidemark.timestamp.service.RequestBodies.DisableBody;
import dev.tidemark.timestamp.web.Needs;
import dev.tidemark.timestamp.web.QueryNumbers;
import dev.tidemark.timestamp.web.Right;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SortedSet;
import java.util.UUID;

/** TimeLock's management paths; {@code disable} and {@code reenable}, which newer versions lack, are a fence. */
@Path("/tl/management")
@Produces(MediaType.APPLICATION_JSON)
@Needs(value = Right.MANAGEMENT, header = true)
public final class ManagementResource {
    private final ServedNamespaces namespaces;
    private final UUID processId;

    ManagementResource(ServedNamespaces namespaces, UUID processId) {
        this.namespaces = namespaces;
        this.processId = processId;
    }

    /** Returns the namespaces that exist. */
    @POST
    @Path("/getNamespaces")
    @Needs(
            value = {Right.CLIENT, Right.BACKUP, Right.MANAGEMENT},
            header = true)
    public SortedSet<String> getNamespaces() {
        return namespaces.names();
    }

    /** Returns the namespaces of the configuration, and those that were used since this server leads. */
    @POST
    @Path("/getActiveNamespaces")
    @Needs(
            value = {Right.CLIENT, Right.BACKUP, Right.MANAGEMENT},
            header = true)
    public SortedSet<String> getActiveNamespaces() {
        return namespaces.activeNames();
    }

    /** Returns the id of this process, also where another one leads. */
    @POST
    @Path("/getServerLifecycleId")
    @Needs(
            value = {Right.CLIENT, Right.BACKUP, Right.MANAGEMENT},
            header = true)
    public UUID getServerLifecycleId() {
        return processId;
    }

    /** Fast-forwards a namespace. */
    @POST
    @Path("/fastForward")
    public void fastForward(
            @QueryParam("namespace") String namespace, @QueryParam("currentTimestamp") String currentTimestamp) {
        if (namespace == null) {
            throw new TimestampException(
                    ErrorCode.INVALID_INPUT,
                    "query parameter 'namespace': missing (expected: a namespace)",
                    "Correct the request; nothing was changed.");
        }
        long timestamp = QueryNumbers.parseLong("currentTimestamp", currentTimestamp);
        namespaces.named(namespace).fastForward(timestamp);
    }

    /** Fences namespaces by a lock id, all or none of them. */
    @POST
    @Path("/disable")
    @Consumes(MediaType.APPLICATION_JSON)
    public DisableAnswer disable(DisableBody body) {
        String lockId = OracleLimits.checkFenceId(RequestBodies.required(body).lockId());
        List<NamespaceOracle> oracles = oracles(body);
        List<String> conflicts = conflicts(oracles, lockId);
        if (!conflicts.isEmpty()) {
            return DisableAnswer.unsuccessful(conflicts);
        }
        fenceAll(oracles, lockId);
        return DisableAnswer.successful(new LockId(lockId));
    }

    /** Fences all; when one can't be fenced, lifts the fences that this request has set up. */
    private static void fenceAll(List<NamespaceOracle> oracles, String lockId) {
        Deque<NamespaceOracle> fenced = new ArrayDeque<>();
        try {
            for (NamespaceOracle oracle : oracles) {
                boolean isNew = oracle.currentFence().isEmpty();
                oracle.fence(lockId);
                if (isNew) {
                    fenced.push(oracle);
                }
            }
        } catch (RuntimeException e) {
            for (NamespaceOracle oracle : fenced) {
                try {
                    oracle.unfence(lockId);
                } catch (RuntimeException secondary) {
                    e.addSuppressed(secondary);
                }
            }
            throw e;
        }
    }

    /** Lifts the fences with a lock id, or none when one has another fence; repeated after an error, it lifts the rest. */
    @POST
    @Path("/reenable")
    @Consumes(MediaType.APPLICATION_JSON)
    public DisableAnswer reenable(DisableBody body) {
        String lockId = OracleLimits.checkFenceId(RequestBodies.required(body).lockId());
        List<NamespaceOracle> oracles = oracles(body);
        List<String> conflicts = conflicts(oracles, lockId);
        if (!conflicts.isEmpty()) {
            return DisableAnswer.unsuccessful(conflicts);
        }
        oracles.forEach(oracle -> oracle.unfence(lockId));
        return DisableAnswer.successful(new Reenabled(true));
    }

    /** A fence is set up by a restore, which must not begin a sequence by a misspelt name: nothing is created here. */
    private List<NamespaceOracle> oracles(DisableBody body) {
        List<NamespaceOracle> oracles = new ArrayList<>();
        for (String name : body.namespaces()) {
            oracles.add(namespaces.existing(RequestBodies.required(name)));
        }
        return oracles;
    }

    private static List<String> conflicts(List<NamespaceOracle> oracles, String lockId) {
        return oracles.stream()
                .filter(oracle ->
                        oracle.currentFence().filter(id -> !id.equals(lockId)).isPresent())
                .map(NamespaceOracle::namespace)
                .toList();
    }

    /** Conjure's union of the two outcomes: {@code type} names the field that is there. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record DisableAnswer(String type, Object successful, Conflicts unsuccessful) {
        static DisableAnswer successful(Object content) {
            return new DisableAnswer("successful", content, null);
        }

        static DisableAnswer unsuccessful(List<String> conflicts) {
            return new DisableAnswer("unsuccessful", null, new Conflicts(conflicts, List.of()));
        }
    }

    /** The lock id that the namespaces are disabled with. */
    record LockId(String lockId) {}

    /** Says that the namespaces are enabled again. */
    record Reenabled(boolean successful) {}

    /** The namespaces that are disabled with another lock id. */
    record Conflicts(List<String> consistentlyDisabledNamespaces, List<String> partiallyDisabledNamespaces) {}
}

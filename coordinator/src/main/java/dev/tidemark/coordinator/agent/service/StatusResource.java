package dev.tidemark.coordinator.agent.service;

import dev.tidemark.coordinator.agent.node.ServedNode;
import dev.tidemark.coordinator.agent.protocol.AgentProtocol;
import dev.tidemark.coordinator.agent.protocol.AgentStatus;
import dev.tidemark.coordinator.agent.task.AgentArchive;
import dev.tidemark.coordinator.agent.task.Tasks;
import dev.tidemark.coordinator.agent.throttle.CopyGate;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

/** What the agent is and how it is, and the gate that copies pass. */
@Path(AgentProtocol.ROOT)
@Produces(MediaType.APPLICATION_JSON)
public final class StatusResource {
    private final ServedNode served;
    private final AgentArchive archive;
    private final Tasks tasks;
    private final CopyGate gate;
    private final long bandwidthLimit;

    StatusResource(ServedNode served, AgentArchive archive, Tasks tasks, CopyGate gate, long bandwidthLimit) {
        this.served = served;
        this.archive = archive;
        this.tasks = tasks;
        this.gate = gate;
        this.bandwidthLimit = bandwidthLimit;
    }

    /** Returns the status. */
    @GET
    @Path("/status")
    public AgentStatus status() {
        return new AgentStatus(
                AgentProtocol.VERSION,
                served.storeType(),
                nodeId(),
                served.keyspace(),
                archive.openId(),
                gate.isPaused(),
                bandwidthLimit,
                tasks.counts(),
                served.cassandraStatus());
    }

    /** A node of Cassandra that was never asked for its name, and is down, has none yet. */
    private String nodeId() {
        try {
            return served.node().id().id();
        } catch (KeyValueStoreException e) {
            if (e.code() != ErrorCode.STORE_UNAVAILABLE) {
                throw e;
            }
            return "";
        }
    }

    /** Pauses copying. */
    @PUT
    @Path("/pause")
    public AgentStatus pause() {
        gate.pause();
        return status();
    }

    /** Resumes copying. */
    @DELETE
    @Path("/pause")
    public AgentStatus resume() {
        gate.resume();
        return status();
    }
}

package dev.tidemark.coordinator.agent.service;

import dev.tidemark.coordinator.agent.node.ServedNode;
import dev.tidemark.coordinator.agent.protocol.AgentProtocol;
import dev.tidemark.coordinator.agent.protocol.AgentStatus;
import dev.tidemark.coordinator.agent.task.AgentArchive;
import dev.tidemark.coordinator.agent.task.Tasks;
import dev.tidemark.coordinator.agent.throttle.CopyGate;
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
                served.node().id().id(),
                served.keyspace(),
                archive.openId(),
                gate.isPaused(),
                bandwidthLimit,
                tasks.counts(),
                served.cassandraStatus());
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

package dev.tidemark.coordinator.agent.service;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.agent.protocol.AgentProtocol;
import dev.tidemark.coordinator.agent.protocol.Answers;
import dev.tidemark.coordinator.agent.protocol.TaskRequest;
import dev.tidemark.coordinator.agent.protocol.TaskStatus;
import dev.tidemark.coordinator.agent.task.Tasks;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.timestamp.web.QueryNumbers;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;

/** What lasts longer than a request. */
@Path(AgentProtocol.ROOT + "/tasks")
@Produces(MediaType.APPLICATION_JSON)
public final class TaskResource {
    private static final long ANY_REVISION = 0;

    private final Tasks tasks;

    TaskResource(Tasks tasks) {
        this.tasks = tasks;
    }

    /** Begins a task or finds it, and waits for its end, not for longer than is asked for. */
    @POST
    @Path("/{taskId}")
    @Consumes(MediaType.APPLICATION_JSON)
    public Response begin(
            @PathParam("taskId") String taskId,
            @QueryParam("waitMillis") @DefaultValue("0") String waitMillis,
            byte[] body) {
        Duration limit = waitOf(waitMillis);
        TaskStatus begun = tasks.begin(taskId, RequestBodies.read(body, TaskRequest.class));
        TaskStatus status = limit.isZero() ? begun : await(taskId, Long.MAX_VALUE, limit);
        return Response.accepted(status).build();
    }

    /** Returns a task, after waiting for a later revision than the given one, or its end. */
    @GET
    @Path("/{taskId}")
    public TaskStatus find(
            @PathParam("taskId") String taskId,
            @QueryParam("afterRevision") @DefaultValue("0") String afterRevision,
            @QueryParam("waitMillis") @DefaultValue("0") String waitMillis) {
        return await(taskId, QueryNumbers.parseLong("afterRevision", afterRevision), waitOf(waitMillis));
    }

    /** Lists all tasks that are remembered. */
    @GET
    public Answers.Tasks list() {
        return new Answers.Tasks(tasks.list());
    }

    /** Cancels a task. */
    @DELETE
    @Path("/{taskId}")
    public TaskStatus cancel(@PathParam("taskId") String taskId) {
        tasks.cancel(taskId);
        return await(taskId, ANY_REVISION, Duration.ZERO);
    }

    private TaskStatus await(String taskId, long afterRevision, Duration limit) {
        try {
            return tasks.await(taskId, afterRevision, limit);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CoordinatorException(
                    ErrorCode.INTERRUPTED, "the agent is stopping", "Ask for the task again when it is back.", e);
        }
    }

    private static Duration waitOf(String waitMillis) {
        return Duration.ofMillis(Math.max(0, QueryNumbers.parseLong("waitMillis", waitMillis)));
    }
}

package dev.tidemark.coordinator.agent.client;

import dev.tidemark.coordinator.agent.protocol.AgentProtocol;
import dev.tidemark.coordinator.agent.protocol.AgentStatus;
import dev.tidemark.coordinator.agent.protocol.Answers;
import dev.tidemark.coordinator.agent.protocol.TaskRequest;
import dev.tidemark.coordinator.agent.protocol.TaskState;
import dev.tidemark.coordinator.agent.protocol.TaskStatus;
import dev.tidemark.coordinator.operation.EngineSeams;
import dev.tidemark.kvs.ErrorCode;
import dev.tidemark.kvs.KeyValueStoreException;
import dev.tidemark.kvs.cassandra.agent.NodeStatus;
import dev.tidemark.kvs.node.NodeId;
import dev.tidemark.kvs.time.MonotonicClock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * One agent, over HTTP. Sends nothing before it is first asked for something; then it makes sure that the agent is the one that is
 * meant. Thread-safe.
 */
public final class AgentClient {
    /** How often a task that the agent has forgotten is sent again. */
    private static final int MAX_REPETITIONS = 20;

    private final AgentClientSettings settings;
    private final AgentTransport transport;
    private final MonotonicClock clock;
    private final RandomGenerator random;
    private volatile boolean isVerified;

    /** The id of its node, empty until it is known. */
    private volatile String nodeId;

    /** Whether it gave no answer the last time, for as long as it was asked. */
    private volatile boolean isMissing;

    private AgentClient(
            AgentClientSettings settings, AgentTransport transport, MonotonicClock clock, RandomGenerator random) {
        this.settings = settings;
        this.transport = transport;
        this.clock = clock;
        this.random = random;
        this.nodeId = settings.expected().node();
    }

    /** Creates a client; connects to nobody yet. */
    public static AgentClient create(AgentClientSettings settings, EngineSeams seams) {
        AgentTransport transport =
                new AgentTransport(settings, seams.sleeper(), seams.monotonicClock(), seams.random());
        return new AgentClient(settings, transport, seams.monotonicClock(), seams.random());
    }

    /** Returns how the agent is reached. */
    public AgentClientSettings settings() {
        return settings;
    }

    /**
     * Asks the agent for its status. One that did not answer the last time gets one attempt, so that whoever can do without it need not
     * wait again.
     *
     * @throws KeyValueStoreException {@link ErrorCode#STORE_UNAVAILABLE} when it does not answer,
     *     {@link ErrorCode#INVALID_CONFIGURATION} when it is not the one that is meant, {@link ErrorCode#UNAUTHORIZED}
     */
    public AgentStatus status() {
        Duration retryBudget = isMissing ? Duration.ZERO : settings.timeouts().retryBudget();
        AgentStatus status;
        try {
            status = transport.send(AgentRequest.get("/status"), retryBudget).read(AgentStatus.class);
        } catch (KeyValueStoreException e) {
            isMissing = e.code() == ErrorCode.STORE_UNAVAILABLE;
            throw e;
        }
        isMissing = false;
        verify(status);
        return status;
    }

    /** Pauses copying; returns the status afterwards. */
    public AgentStatus pause() {
        return sendVerified(AgentRequest.of("PUT", "/pause")).read(AgentStatus.class);
    }

    /** Resumes copying; returns the status afterwards. */
    public AgentStatus resume() {
        return sendVerified(AgentRequest.of("DELETE", "/pause")).read(AgentStatus.class);
    }

    /** Lists the tasks that the agent remembers, the latest first. */
    public List<TaskStatus> tasks() {
        return sendVerified(AgentRequest.get("/tasks"))
                .read(Answers.Tasks.class)
                .tasks();
    }

    /**
     * Cancels a task.
     *
     * @throws KeyValueStoreException {@link ErrorCode#UNKNOWN_OPERATION} when there is none with this id,
     *     {@link ErrorCode#NOT_ALLOWED_NOW} when it can't be stopped half way
     */
    public TaskStatus cancel(String taskId) {
        return sendVerified(AgentRequest.of("DELETE", "/tasks/" + taskId)).read(TaskStatus.class);
    }

    /** Returns the node; asks nothing. */
    public RemoteNode node() {
        return new RemoteNode(this);
    }

    /**
     * Returns the id of the node: the one that is expected, or else asked for, once.
     *
     * @throws KeyValueStoreException as {@link #status}, and {@link ErrorCode#STORE_UNAVAILABLE} when the agent does not know the id
     *     because it has never reached its node
     */
    NodeId nodeId() {
        if (nodeId.isEmpty()) {
            status();
        }
        if (nodeId.isEmpty()) {
            throw errors().nodeNeverReached();
        }
        return new NodeId(nodeId);
    }

    /** Sends a request, after making sure that the agent is the one that is meant. */
    AgentAnswer sendVerified(AgentRequest request) {
        requireVerified();
        return ask(request);
    }

    AgentErrors errors() {
        return transport.errors();
    }

    /** Does something in the background of the agent and waits for its end. */
    TaskStatus run(TaskRequest request) {
        return follow(newTaskId(request.kind()), () -> request, status -> {});
    }

    /** Returns an id that no other task has. */
    String newTaskId(String prefix) {
        return prefix + "-" + HexFormat.of().toHexDigits(random.nextLong())
                + HexFormat.of().toHexDigits(random.nextLong());
    }

    /**
     * Begins a task, or finds it, and follows it to its end.
     *
     * @param request what to do; asked for again when the agent has forgotten the task
     * @param news gets every status that there is, at least one for each poll; throws to stop following
     * @return the last status, of a task that has succeeded
     * @throws KeyValueStoreException what the task failed with
     */
    TaskStatus follow(String taskId, Supplier<TaskRequest> request, Consumer<TaskStatus> news) {
        requireVerified();
        long startNanos = clock.nanoTime();
        TaskStatus status = begin(taskId, request.get(), settings.timeouts().retryBudget());
        news.accept(status);
        int repetitions = 0;
        while (!status.state().isEnd()) {
            if (clock.nanoTime() - startNanos > settings.timeouts().task().toNanos()) {
                throw errors().tookTooLong(taskId, settings.timeouts().task().toSeconds());
            }
            AgentAnswer answer = poll(taskId, status.revision());
            if (answer.isError(ErrorCode.UNKNOWN_OPERATION)) {
                if (++repetitions > MAX_REPETITIONS) {
                    throw errors().forgets(taskId);
                }
                status = begin(taskId, request.get(), settings.timeouts().followBudget());
            } else {
                status = answer.read(TaskStatus.class);
            }
            news.accept(status);
        }
        if (status.state() != TaskState.SUCCEEDED) {
            throw errors().failed(errorOf(status));
        }
        return status;
    }

    private TaskStatus begin(String taskId, TaskRequest request, Duration retryBudget) {
        Duration wait = settings.timeouts().poll();
        AgentRequest begin = AgentRequest.postJson("/tasks/" + taskId + "?waitMillis=" + wait.toMillis(), request)
                .waiting(wait);
        return transport.send(begin, retryBudget).read(TaskStatus.class);
    }

    private AgentAnswer poll(String taskId, long revision) {
        Duration wait = settings.timeouts().poll();
        AgentRequest poll = AgentRequest.get(
                        "/tasks/" + taskId + "?afterRevision=" + revision + "&waitMillis=" + wait.toMillis())
                .waiting(wait);
        return transport.send(poll, settings.timeouts().followBudget());
    }

    private static TaskStatus.ErrorDetail errorOf(TaskStatus status) {
        return status.error() != null
                ? status.error()
                : new TaskStatus.ErrorDetail(
                        ErrorCode.OPERATION_CANCELLED.name(),
                        "task '" + status.taskId() + "' was cancelled",
                        "Begin again when nobody objects.");
    }

    private AgentAnswer ask(AgentRequest request) {
        return transport.send(request, settings.timeouts().retryBudget());
    }

    private void requireVerified() {
        if (!isVerified) {
            status();
        }
    }

    /** A node that is down can't say which cluster it is in: that is looked at again the next time. */
    private void verify(AgentStatus status) {
        AgentExpectation expected = settings.expected();
        if (status.protocol() != AgentProtocol.VERSION) {
            throw errors().otherProtocol(String.valueOf(status.protocol()), AgentProtocol.VERSION);
        }
        require("type of store", status.storeType(), expected.storeType());
        require("keyspace", status.keyspace(), expected.keyspace());
        boolean isUp = !status.node().isEmpty();
        if (isUp) {
            require("node", status.node(), expected.node());
            nodeId = status.node();
        }
        for (NodeStatus node : status.cassandra()) {
            isUp &= node.isUp();
            if (node.isUp()) {
                require("cluster", node.clusterName(), expected.clusterName());
                require("host id", node.hostId(), expected.hostId());
            }
        }
        isVerified = isUp;
    }

    private void require(String what, String found, String expected) {
        if (!expected.isEmpty() && !found.equals(expected)) {
            throw errors().otherAgent(what, found, expected);
        }
    }
}

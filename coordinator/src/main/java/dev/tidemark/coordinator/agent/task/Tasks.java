package dev.tidemark.coordinator.agent.task;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.agent.protocol.AgentProtocol;
import dev.tidemark.coordinator.agent.protocol.AgentStatus.TaskCounts;
import dev.tidemark.coordinator.agent.protocol.TaskRequest;
import dev.tidemark.coordinator.agent.protocol.TaskState;
import dev.tidemark.coordinator.agent.protocol.TaskStatus;
import dev.tidemark.coordinator.agent.throttle.CopyGate;
import dev.tidemark.coordinator.node.OperationEpoch;
import dev.tidemark.kvs.ErrorCode;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Predicate;

/**
 * The tasks of an agent: runs a bounded number at a time, and remembers those that have ended, the oldest of which are forgotten first.
 * What an agent has forgotten, or lost with its process, is asked for again by whoever needs it. Thread-safe.
 */
public final class Tasks implements AutoCloseable {
    private static final Duration CLOSING = Duration.ofSeconds(10);

    private final TaskRunner runner;
    private final EpochFence fence;
    private final CopyGate gate;
    private final Executor executor;
    private final TaskLimits limits;

    /** All tasks by id, in the order in which they were asked for. */
    private final Map<String, Task> tasks = new LinkedHashMap<>();

    private final Deque<Task> waiting = new ArrayDeque<>();
    private int running;
    private boolean isClosed;

    /**
     * Creates the tasks of an agent.
     *
     * @param executor runs them; never on the calling thread
     */
    public Tasks(TaskRunner runner, EpochFence fence, CopyGate gate, Executor executor, TaskLimits limits) {
        this.runner = runner;
        this.fence = fence;
        this.gate = gate;
        this.executor = executor;
        this.limits = limits;
    }

    /**
     * Begins a task, or finds the one with this id. A copy that has failed, or was cancelled, begins again for a coordinator with a
     * greater epoch.
     *
     * @throws CoordinatorException {@link ErrorCode#NOT_ALLOWED_NOW} when the id stands for other work, {@link ErrorCode#FENCED_OUT}
     *     when a greater epoch was seen, {@link ErrorCode#OPERATION_IN_PROGRESS} when too many wait
     */
    public TaskStatus begin(String id, TaskRequest request) {
        requireTaskId(id);
        request.fencedBy().ifPresent(this::pass);
        Task task = new Task(id, request, gate::isPaused);
        List<Task> replaced;
        synchronized (this) {
            Task found = tasks.get(id);
            if (found != null && !found.request().isSameAs(request)) {
                throw new CoordinatorException(
                        ErrorCode.NOT_ALLOWED_NOW,
                        "task '" + id + "' is another " + found.request().kind() + " than the one that was sent",
                        "Use a new id for other work.");
            }
            if (found != null && !isToBeginAgain(found, request)) {
                return found.status();
            }
            if (isClosed || waiting.size() >= limits.waiting() + limits.running() - running) {
                throw new CoordinatorException(
                        ErrorCode.OPERATION_IN_PROGRESS,
                        isClosed ? "the agent is stopping" : waiting.size() + " tasks wait already",
                        "Try again when others have ended.");
            }
            replaced = matching(other -> isReplacedBy(other.request(), request));
            task.beginAfter(replaced);
            tasks.remove(id);
            tasks.put(id, task);
            waiting.add(task);
            forgetOldest();
        }
        replaced.forEach(other -> cancelQuietly(other.id()));
        runNext();
        return task.status();
    }

    /** Returns the task with this id, after waiting for a later revision than the given one, up to a time. */
    public TaskStatus await(String id, long afterRevision, Duration limit) throws InterruptedException {
        return find(id).await(
                        afterRevision, limit.compareTo(AgentProtocol.MAX_WAIT) > 0 ? AgentProtocol.MAX_WAIT : limit);
    }

    /** Returns all tasks that are remembered, the latest first. */
    public synchronized List<TaskStatus> list() {
        List<TaskStatus> all = new ArrayList<>();
        tasks.values().forEach(task -> all.add(task.status()));
        Collections.reverse(all);
        return all;
    }

    /** Returns how many tasks there are. */
    public synchronized TaskCounts counts() {
        return new TaskCounts(waiting.size(), running, tasks.size() - waiting.size() - running);
    }

    /**
     * Cancels a task that waits, or a copy or a staging that is being done, which ends soon afterwards; does nothing to one that has
     * ended.
     *
     * @throws CoordinatorException {@link ErrorCode#UNKNOWN_OPERATION} when there is none with this id,
     *     {@link ErrorCode#NOT_ALLOWED_NOW} when it can't be stopped half way
     */
    public TaskStatus cancel(String id) {
        Task task = find(id);
        boolean wasWaiting;
        synchronized (this) {
            wasWaiting = waiting.remove(task);
        }
        if (wasWaiting) {
            task.cancel();
            task.end(TaskState.CANCELLED, null);
        } else if (!task.state().isEnd()) {
            if (!isStoppable(task.request())) {
                throw new CoordinatorException(
                        ErrorCode.NOT_ALLOWED_NOW,
                        "task '" + id + "' can't be cancelled: a "
                                + task.request().kind() + " is not stopped half way",
                        "Wait until it has ended.");
            }
            task.cancel();
            gate.recheck();
        }
        return task.status();
    }

    /**
     * Stops copies and stagings, and waits for what is being done, for a few seconds. Nothing ends by that: whoever asks for a task
     * later, when another process serves the node, finds none and sends it again.
     */
    @Override
    public void close() {
        List<Task> left;
        synchronized (this) {
            isClosed = true;
            waiting.forEach(Task::abandon);
            waiting.clear();
            left = matching(task -> task.state() == TaskState.RUNNING);
        }
        left.stream().filter(task -> isStoppable(task.request())).forEach(Task::abandon);
        gate.recheck();
        try {
            for (Task task : left) {
                task.awaitEnd(CLOSING);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean isStoppable(TaskRequest request) {
        return request instanceof TaskRequest.Copy || request instanceof TaskRequest.Stage;
    }

    /** Records the epoch, and ends the copies of operations that can't be under way any more. */
    private void pass(OperationEpoch operation) {
        fence.pass(operation);
        List<Task> overtaken;
        synchronized (this) {
            overtaken = matching(task -> task.request() instanceof TaskRequest.Copy copy
                    && copy.operation().archiveId().equals(operation.archiveId())
                    && copy.operation().namespace().equals(operation.namespace())
                    && copy.operation().epoch() < operation.epoch()
                    && !copy.operation().operationId().equals(operation.operationId()));
        }
        overtaken.forEach(task -> cancelQuietly(task.id()));
    }

    /** Whoever drops a snapshot ends its copies first, and a later staging takes the place of one for the same restore. */
    private static boolean isReplacedBy(TaskRequest earlier, TaskRequest later) {
        if (later instanceof TaskRequest.Drop drop) {
            return earlier instanceof TaskRequest.Copy copy && copy.tag().equals(drop.tag());
        }
        return later instanceof TaskRequest.Stage stage
                && earlier instanceof TaskRequest.Stage other
                && other.restore().id().equals(stage.restore().id())
                && other.restore().epoch() <= stage.restore().epoch();
    }

    private void cancelQuietly(String id) {
        try {
            cancel(id);
        } catch (CoordinatorException e) {
            if (e.code() != ErrorCode.UNKNOWN_OPERATION) {
                throw e;
            }
        }
    }

    private List<Task> matching(Predicate<Task> condition) {
        return tasks.values().stream()
                .filter(task -> !task.state().isEnd())
                .filter(condition)
                .toList();
    }

    private static boolean isToBeginAgain(Task found, TaskRequest request) {
        TaskState state = found.state();
        return (state == TaskState.FAILED || state == TaskState.CANCELLED)
                && request instanceof TaskRequest.Copy copy
                && found.request() instanceof TaskRequest.Copy earlier
                && copy.operation().epoch() > earlier.operation().epoch();
    }

    private void runNext() {
        Task next;
        synchronized (this) {
            if (running >= limits.running() || waiting.isEmpty()) {
                return;
            }
            next = waiting.remove();
            running++;
            next.begin();
        }
        try {
            executor.execute(() -> run(next));
        } catch (RuntimeException e) {
            next.end(TaskState.FAILED, TaskRunner.detail(e));
            ended();
        }
    }

    private void run(Task task) {
        try {
            runner.run(task);
        } finally {
            ended();
            runNext();
        }
    }

    private synchronized void ended() {
        running--;
    }

    private void forgetOldest() {
        List<Task> ended =
                tasks.values().stream().filter(task -> task.state().isEnd()).toList();
        for (int i = 0; i < ended.size() - limits.remembered(); i++) {
            tasks.remove(ended.get(i).id());
        }
    }

    private synchronized Task find(String id) {
        Task task = tasks.get(id);
        if (task == null) {
            throw new CoordinatorException(
                    ErrorCode.UNKNOWN_OPERATION,
                    "there is no task '" + (AgentProtocol.isTaskId(id) ? id : "?") + "'",
                    "Send it again: the agent was restarted, or has forgotten it.");
        }
        return task;
    }

    private static void requireTaskId(String id) {
        if (!AgentProtocol.isTaskId(id)) {
            throw new CoordinatorException(
                    ErrorCode.INVALID_INPUT,
                    "the id of a task has a form that is not allowed (expected: 1 to 250 of A-Z a-z 0-9 _ . -)",
                    "Correct the request; nothing was changed.");
        }
    }
}

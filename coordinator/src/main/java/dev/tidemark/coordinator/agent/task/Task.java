package dev.tidemark.coordinator.agent.task;

import dev.tidemark.coordinator.CoordinatorException;
import dev.tidemark.coordinator.agent.protocol.TaskRequest;
import dev.tidemark.coordinator.agent.protocol.TaskState;
import dev.tidemark.coordinator.agent.protocol.TaskStatus;
import dev.tidemark.coordinator.agent.protocol.TaskStatus.ErrorDetail;
import dev.tidemark.coordinator.agent.protocol.TaskStatus.Progress;
import dev.tidemark.coordinator.node.NodeCopy;
import dev.tidemark.kvs.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** One task: what it is, how far it is, and who waits for it. Thread-safe. */
final class Task {
    private static final int MAX_NOTES = 100;

    private final String id;
    private final TaskRequest request;
    private final BooleanSupplier isPaused;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<String> notes = new ArrayList<>();
    private TaskState state = TaskState.WAITING;
    private long revision = 1;
    private long bytes;
    private long files;
    private long totalBytes;
    private long totalFiles;
    private NodeCopy copy;
    private ErrorDetail error;
    private volatile List<Task> predecessors = List.of();
    private volatile boolean isCancelled;

    /** Whether the agent stops, and nobody is to believe that the task has ended. */
    private volatile boolean isAbandoned;

    /** Whether nobody works on it any more. */
    private boolean isOver;

    /**
     * Creates a task that waits.
     *
     * @param isPaused tells whether copying is paused
     */
    Task(String id, TaskRequest request, BooleanSupplier isPaused) {
        this.id = id;
        this.request = request;
        this.isPaused = isPaused;
        this.copy = request instanceof TaskRequest.Copy copying ? copying.from() : null;
    }

    /** Lets it wait, once it is its turn, for the end of others. */
    void beginAfter(List<Task> others) {
        predecessors = List.copyOf(others);
    }

    List<Task> predecessors() {
        return predecessors;
    }

    String id() {
        return id;
    }

    TaskRequest request() {
        return request;
    }

    TaskState state() {
        lock.lock();
        try {
            return state;
        } finally {
            lock.unlock();
        }
    }

    TaskStatus status() {
        lock.lock();
        try {
            boolean isHalted =
                    request instanceof TaskRequest.Copy && state == TaskState.RUNNING && isPaused.getAsBoolean();
            Progress progress = new Progress(bytes, files, totalBytes, totalFiles, isHalted);
            return new TaskStatus(id, request.kind(), state, revision, progress, copy, notes, error);
        } finally {
            lock.unlock();
        }
    }

    /** Waits until there is a later revision than the given one, or the time is over; returns what there is then. */
    TaskStatus await(long afterRevision, Duration limit) throws InterruptedException {
        lock.lock();
        try {
            long left = limit.toNanos();
            while (revision <= afterRevision && !state.isEnd() && left > 0) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
        return status();
    }

    /** Waits until nobody works on it any more, or the time is over; tells whether that is so. */
    boolean awaitEnd(Duration limit) throws InterruptedException {
        lock.lock();
        try {
            long left = limit.toNanos();
            while (!isOver && left > 0) {
                left = changed.awaitNanos(left);
            }
            return isOver;
        } finally {
            lock.unlock();
        }
    }

    void begin() {
        change(() -> state = TaskState.RUNNING);
    }

    /** Ends it; one that was abandoned stays what it was for whoever asks. */
    void end(TaskState newState, ErrorDetail newError) {
        change(() -> {
            isOver = true;
            if (!isAbandoned) {
                state = newState;
                error = newError;
            }
        });
    }

    void expect(long newTotalBytes, long newTotalFiles) {
        change(() -> {
            totalBytes = newTotalBytes;
            totalFiles = newTotalFiles;
        });
    }

    /** Records how far it has got; nobody is woken for that. */
    void reached(long newBytes, long newFiles) {
        lock.lock();
        try {
            bytes = Math.max(bytes, newBytes);
            files = Math.max(files, newFiles);
        } finally {
            lock.unlock();
        }
    }

    /** Records what of a copy is durable. */
    void saved(NodeCopy newCopy) {
        change(() -> copy = newCopy);
    }

    void note(String note) {
        change(() -> {
            if (notes.size() < MAX_NOTES) {
                notes.add(note);
            }
        });
    }

    void cancel() {
        isCancelled = true;
    }

    /** Stops it because the agent stops: whoever waits for it is to ask again when the agent is back. */
    void abandon() {
        isAbandoned = true;
        isCancelled = true;
    }

    boolean isCancelled() {
        return isCancelled;
    }

    /** Throws when it was cancelled; to be called in between by whoever does it. */
    void requireNotCancelled() {
        if (isCancelled) {
            throw new CoordinatorException(
                    ErrorCode.OPERATION_CANCELLED,
                    "task '" + id + "' was cancelled",
                    "Ask for it again if it is needed.");
        }
    }

    private void change(Runnable action) {
        lock.lock();
        try {
            action.run();
            revision++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}

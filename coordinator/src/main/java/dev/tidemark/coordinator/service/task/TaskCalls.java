package dev.tidemark.coordinator.service.task;

/** Knows who calls on which thread: a task of Dropwizard sees parameters and nothing else of its request. Thread-safe. */
final class TaskCalls {
    private final ThreadLocal<TaskCall> current = new ThreadLocal<>();

    void begin(TaskCall call) {
        current.set(call);
    }

    void end() {
        current.remove();
    }

    /**
     * Returns the call on this thread.
     *
     * @throws IllegalStateException when there is none: the guard was passed by
     */
    TaskCall current() {
        TaskCall call = current.get();
        if (call == null) {
            throw new IllegalStateException("a task is called that nobody guards");
        }
        return call;
    }
}

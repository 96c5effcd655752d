package dev.tidemark.coordinator.operation;

/** An operation that another process may have begun. */
public interface Resumable extends AutoCloseable {
    /**
     * Goes on with the unfinished operation.
     *
     * @throws dev.tidemark.coordinator.CoordinatorException {@code UNKNOWN_OPERATION} when it has ended meanwhile
     */
    void resume(Operations operations, OperationListener listener);

    /**
     * Cancels the unfinished operation with this id, on which no process works: frees what it holds and records it.
     *
     * @throws dev.tidemark.coordinator.CoordinatorException {@code NOT_ALLOWED_NOW} when it has gone too far
     */
    void cancel(String operationId, Operations operations, OperationListener listener);

    /** Frees what this process holds; the operation itself is left as it is. */
    @Override
    void close();
}

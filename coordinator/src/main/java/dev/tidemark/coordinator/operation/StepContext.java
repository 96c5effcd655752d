package dev.tidemark.coordinator.operation;

import java.util.function.UnaryOperator;

/**
 * What a step may use of the runner. Thread-safe, except that {@link #save} is for steps that save from one thread only.
 *
 * @param <S> state of the operation
 */
public interface StepContext<S> {
    /** Returns the id of the operation. */
    String operationId();

    /** Returns the fencing epoch under which the step runs. */
    long epoch();

    /** Makes the state durable in the middle of a step, so that a resumed operation goes on from it. */
    void save(S state);

    /**
     * Applies a change to the state that was saved last, or that the step began with, and makes the result durable, as {@link #save}
     * does: for steps whose parts run in parallel. One change at a time.
     */
    void saveChange(UnaryOperator<S> change);

    /**
     * Makes sure that no other process has taken over; to be called before everything that changes something outside.
     *
     * @throws dev.tidemark.coordinator.CoordinatorException {@code FENCED_OUT} when one has
     */
    void ensureHeld();

    /** Tells whether the journal of an operation on this namespace says that it has ended; false when there is none. */
    boolean hasEnded(String operationId);

    /** Reports how far the step has got; see {@link OperationListener#progress}. */
    void progress(long doneBytes, long totalBytes, long doneItems);

    /** Reports how far one node of the step has got; see {@link OperationListener#nodeProgress}. */
    void nodeProgress(String node, long doneBytes, long doneFiles);

    /** Reports a fallback, a wait or a retry. */
    void note(String message);
}

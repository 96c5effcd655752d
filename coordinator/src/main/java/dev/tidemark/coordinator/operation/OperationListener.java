package dev.tidemark.coordinator.operation;

/** Is told what an operation does while it does it. Called from several threads, never two at a time for one operation. */
public interface OperationListener {
    /** The listener that does nothing. */
    OperationListener NONE = new OperationListener() {};

    /** An operation begins, or goes on after an interruption. */
    default void operationStarted(String operationId, String type, String namespace, boolean isResumed) {}

    /** A step begins. */
    default void stepStarted(String operationId, String step) {}

    /** A step has ended well. */
    default void stepFinished(String operationId, String step) {}

    /**
     * The step that runs has got further. Numbers never go down within a step.
     *
     * @param doneBytes bytes dealt with, those that needed no reading included
     * @param totalBytes bytes to deal with, or 0 when unknown
     * @param doneItems files, entries or cells dealt with
     */
    default void progress(String operationId, String step, long doneBytes, long totalBytes, long doneItems) {}

    /**
     * A node of the step that runs has got further. Numbers never go down for a node within a step.
     *
     * @param node as {@code store/node}
     * @param doneBytes bytes dealt with, those that needed no reading included
     * @param doneFiles files dealt with
     */
    default void nodeProgress(String operationId, String step, String node, long doneBytes, long doneFiles) {}

    /** Something worth knowing happened: a fallback, a wait, a retry. One sentence. */
    default void note(String operationId, String message) {}

    /** The lock of the operation's namespace was renewed. Is left out while the listener has something else to do. */
    default void lockRenewed(String operationId) {}

    /** The lock of the operation's namespace could not be renewed, and runs out unless the next renewal succeeds. As {@link #lockRenewed}. */
    default void lockRenewalFailed(String operationId, String reason) {}
}

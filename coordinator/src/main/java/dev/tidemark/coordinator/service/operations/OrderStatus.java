package dev.tidemark.coordinator.service.operations;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;

/**
 * What is known of an order.
 *
 * @param id of the order: the month, {@code -} and 32 lower-case hexadecimal digits
 * @param namespace its namespace
 * @param type {@code backup}, {@code restore} and so on
 * @param order what was asked for
 * @param state where it is
 * @param revision grows with each change while this process carries it out; 0 otherwise
 * @param by who asked for it
 * @param acceptedAt when
 * @param operationId the operation that it came to, or empty
 * @param stepsDone steps that have ended, in order; empty when this process does not carry it out
 * @param currentStep the step that runs, or empty
 * @param progress how far that step is
 * @param notes the last things worth knowing, at most {@value OrderProgress#MAX_NOTES}
 * @param endedAt when it ended, or null
 * @param report what it has reported, or null
 * @param problem why it has not succeeded, or null
 */
public record OrderStatus(
        String id,
        String namespace,
        String type,
        OperationOrder order,
        State state,
        long revision,
        String by,
        Instant acceptedAt,
        String operationId,
        List<String> stepsDone,
        String currentStep,
        Progress progress,
        List<String> notes,
        Instant endedAt,
        JsonNode report,
        OrderProblem problem) {
    /** Copies the lists. */
    public OrderStatus {
        stepsDone = List.copyOf(stepsDone);
        notes = List.copyOf(notes);
    }

    /** Tells whether nothing will change any more. */
    public boolean hasEnded() {
        return state != State.QUEUED && state != State.RUNNING;
    }

    /** Where an order is. */
    public enum State {
        /** It waits for those before it. */
        QUEUED,
        /** A process carries it out. */
        RUNNING,
        SUCCEEDED,
        FAILED,
        CANCELLED
    }

    /**
     * How far a step is.
     *
     * @param doneBytes bytes dealt with
     * @param totalBytes bytes to deal with, or 0 when unknown
     * @param doneItems files, entries or cells dealt with
     * @param nodes the nodes that have told how far they are, ordered by name, at most {@value OrderProgress#MAX_NODES}; empty for steps
     *     that are not about nodes
     */
    public record Progress(long doneBytes, long totalBytes, long doneItems, List<NodeProgress> nodes) {
        static final Progress NONE = new Progress(0, 0, 0, List.of());

        /** Copies the list. */
        public Progress {
            nodes = List.copyOf(nodes);
        }
    }

    /**
     * How far a node is with its part of a step.
     *
     * @param node as {@code store/node}
     * @param doneBytes bytes dealt with
     * @param doneItems files dealt with
     */
    public record NodeProgress(String node, long doneBytes, long doneItems) {}
}

package dev.tidemark.coordinator.agent.protocol;

import dev.tidemark.coordinator.node.NodeCopy;
import java.util.List;

/**
 * What an agent says of a task.
 *
 * @param taskId the task
 * @param kind its kind
 * @param state where it is
 * @param revision grows with each change that is worth an answer at once: of the state, of {@code copy} and of {@code notes}
 * @param progress how far it has got
 * @param copy what of a copy is durable in the archive; null for other tasks
 * @param notes fallbacks so far, one sentence each, in order; at most 100
 * @param error why it has failed; null when it has not
 */
public record TaskStatus(
        String taskId,
        String kind,
        TaskState state,
        long revision,
        Progress progress,
        NodeCopy copy,
        List<String> notes,
        ErrorDetail error) {
    /** Copies the list. */
    public TaskStatus {
        notes = List.copyOf(notes);
    }

    /**
     * How far a task has got.
     *
     * @param bytes bytes dealt with, those that needed no reading included
     * @param files files dealt with
     * @param totalBytes bytes to deal with; 0 while unknown
     * @param totalFiles files to deal with; 0 while unknown
     * @param isPaused whether it waits because copying is paused
     */
    public record Progress(long bytes, long files, long totalBytes, long totalFiles, boolean isPaused) {}

    /** An error as the mapper for HTTP shows it: name of its code, message and hint. */
    public record ErrorDetail(String code, String message, String hint) {}
}

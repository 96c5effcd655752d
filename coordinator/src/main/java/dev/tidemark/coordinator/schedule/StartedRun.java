package dev.tidemark.coordinator.schedule;

/**
 * A run that was begun and of which nobody has said how it ended.
 *
 * @param run the run
 * @param operationId the operation that runs it, or was to
 */
public record StartedRun(ScheduledRun run, String operationId) {}

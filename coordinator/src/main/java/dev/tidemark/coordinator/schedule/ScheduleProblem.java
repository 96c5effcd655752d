package dev.tidemark.coordinator.schedule;

/**
 * Why a schedule could not do its part of a round. The others have done theirs.
 *
 * @param namespace the namespace
 * @param schedule name of the schedule, or the empty string when it is about all of the namespace
 * @param message what is wrong
 * @param hint what to do, or the empty string
 */
public record ScheduleProblem(String namespace, String schedule, String message, String hint) {}

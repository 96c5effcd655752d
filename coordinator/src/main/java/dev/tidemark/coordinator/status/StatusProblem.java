package dev.tidemark.coordinator.status;

/**
 * Something that an operator should know about a namespace.
 *
 * @param state how bad it is
 * @param message what is wrong: lower case, without a full stop
 * @param hint what to do, one sentence
 */
public record StatusProblem(StatusState state, String message, String hint) {}

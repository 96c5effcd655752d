package dev.tidemark.coordinator.operation;

/**
 * An operation whose journal can't be read.
 *
 * @param operationId id of the operation
 * @param message what is wrong; names the object
 */
public record DamagedOperation(String operationId, String message) {}

package dev.tidemark.coordinator.operation;

import java.util.List;

/**
 * The operations of a namespace.
 *
 * @param operations those whose journals can be read, newest first
 * @param damaged the others, by id
 */
public record OperationList(List<OperationSummary> operations, List<DamagedOperation> damaged) {
    /** Copies the lists. */
    public OperationList {
        operations = List.copyOf(operations);
        damaged = List.copyOf(damaged);
    }
}

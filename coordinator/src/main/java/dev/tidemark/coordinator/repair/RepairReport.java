package dev.tidemark.coordinator.repair;

import java.util.List;

/**
 * What a repair has done.
 *
 * @param namespace the namespace
 * @param operationId the operation
 * @param repaired what it has put right, a sentence each
 * @param left what it could not put right, a sentence each
 */
public record RepairReport(String namespace, String operationId, List<String> repaired, List<String> left) {
    /** Copies the lists. */
    public RepairReport {
        repaired = List.copyOf(repaired);
        left = List.copyOf(left);
    }
}

package dev.tidemark.coordinator.retention;

import java.util.List;

/**
 * What an expiry has done.
 *
 * @param namespace the namespace
 * @param operationId the operation
 * @param removed ids of the removed backups, oldest first
 * @param kept backups that were chosen and stay, each with the reason behind a colon
 */
public record ExpireReport(String namespace, String operationId, List<String> removed, List<String> kept) {
    /** Copies the lists. */
    public ExpireReport {
        removed = List.copyOf(removed);
        kept = List.copyOf(kept);
    }
}
